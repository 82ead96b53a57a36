"""Which files of a project look like secrets: such a file is never shown to a model.

By its name a file is passed over without being opened; what other files hold is looked at once
they are read. Both err on the careful side: a file too few is a smaller loss than a key told.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

_NAMES = """
    .env .env.* *.env .envrc .flaskenv
    *.pem *.key *.p8 *.p12 *.pfx *.pkcs12 *.jks *.keystore *.bks *.kdb *.kdbx *.ppk *.der *.ovpn
    *.asc *.gpg *.pgp *.age *.agekey *.keychain *.keytab *.mobileprovision
    id_rsa* id_dsa* id_ecdsa* id_ed25519* *_rsa *_dsa *_ecdsa *_ed25519 authorized_keys known_hosts
    .npmrc .yarnrc .yarnrc.yml .pypirc .netrc _netrc .pgpass .my.cnf .mylogin.cnf .htpasswd htpasswd
    .dockercfg .dockerconfigjson .git-credentials .gitconfig .s3cfg .boto .vault-token
    .terraformrc terraform.rc *.tfstate *.tfstate.* *.tfvars *.tfvars.json
    kubeconfig kubeconfig.* kubeconfig-* *.kubeconfig
    credentials credential secrets secret passwords password
    service-account*.json service_account*.json gha-creds-*.json *firebase-adminsdk*.json
    client_secret*.json google-services.json googleservice-info.plist local.settings.json
    *_history .*_history
"""
_FOLDERS = {".aws", ".azure", ".docker", ".gcloud", ".gnupg", ".kube", ".secrets", ".ssh"}

# A data file called so is taken for what its name says; code may be about secrets.
_TELLING = re.compile(r"secret|credential|passw(?:or)?d|passphrase|api[-_]?keys?|private[-_]?key")
_DATA = {"json", "yaml", "yml", "toml", "ini", "cfg", "conf", "txt", "csv", "xml", "properties",
         "plist", "tfvars", "enc", "bak", "old"}  # fmt: skip

_KEYS = re.compile(
    r"""
    -----BEGIN\ [A-Z0-9 ]*PRIVATE\ KEY           # PEM, OpenSSH, PGP
    | PuTTY-User-Key-File- | AGE-SECRET-KEY-1
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b              # Amazon
    | \bAIza[\w-]{35} | \bya29\.[\w-]{20}        # Google
    | \bgh[pousr]_[A-Za-z0-9]{36} | \bgithub_pat_\w{22} | \bglpat-[\w-]{20}
    | \bxox[abeoprs]-[\w-]{10} | hooks\.slack\.com/services/T\w+/B\w+/\w+
    | \b[sr]k_live_[0-9A-Za-z]{16} | \bwhsec_[0-9A-Za-z]{24}
    | \bsk-[A-Za-z0-9_-]{32} | \bhf_[A-Za-z0-9]{30} | \bnpm_[A-Za-z0-9]{36}
    | \bpypi-AgE[\w-]{40} | \bdop_v1_[0-9a-f]{64} | \bSG\.[\w-]{16,80}\.[\w-]{16}
    | \beyJ[\w-]{10,400}\.eyJ[\w-]{10,4000}\.[\w-]{10}  # JSON web tokens
    | \bAccountKey=[A-Za-z0-9+/]{40}
    | ://[^\s/:@'"<>{}$]{1,99}:[^\s/:@'"<>{}$]{3,99}@   # an address with a password in it
    """,
    re.VERBOSE,
)
_ASSIGNED = re.compile(
    r"""(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)
        \w{0,40}["']?\s{0,20}(?::|=|:=|=>)\s{0,20}["'](?P<value>[A-Za-z0-9+/=_.\-]{16,999})["']""",
    re.VERBOSE | re.IGNORECASE,
)


def is_secret_name(path: str) -> bool:
    """Tell whether a file looks like a secret by its path in the project, with slashes."""
    *folders, name = path.lower().split("/")
    if any(folder in _FOLDERS for folder in folders):
        return True
    if any(fnmatchcase(name, pattern) for pattern in _NAMES.split()):
        return True
    stem, _, ending = name.rpartition(".")
    return ending in _DATA and _TELLING.search(stem) is not None


def holds_secret(text: str) -> bool:
    """Tell whether a text holds a private key, a well-known kind of key, or a password."""
    if _KEYS.search(text):
        return True
    return any(_is_random(found["value"]) for found in _ASSIGNED.finditer(text))


def _is_random(value: str) -> bool:
    """Tell whether a value has letters and digits mixed, as no word or name has."""
    kinds = re.sub(r"[0-9]+", "0", re.sub(r"[A-Za-z]+", "a", value))
    return kinds.count("0") >= 2 and len(set(value.lower())) >= 8
