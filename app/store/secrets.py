"""The OS keyring: where keys of remote endpoints live, and nowhere else.

keyring picks a plain-text backend silently where one is installed, so only backends that encrypt
count as a keyring here.
"""

from __future__ import annotations

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

_SECURE_MODULES = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)


def describe_keyring() -> tuple[bool, str]:
    """Tell whether there is a secure keyring, and which. Takes up to 0.2 s."""
    try:
        backends = _inside(keyring.get_keyring())
    except (KeyringError, RuntimeError) as error:
        return False, f"not available: {error}"
    for backend in backends:
        if type(backend).__module__.startswith(_SECURE_MODULES):
            return True, type(backend).__module__.rpartition(".")[2]
    return False, "none is running, so API keys for remote endpoints cannot be saved"


def _inside(backend: KeyringBackend) -> list[KeyringBackend]:
    # The chainer asks several; the first secure one is what a key would go to.
    return list(getattr(backend, "backends", [backend]))
