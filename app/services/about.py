"""What the program is made of and under which licences, all of it found offline."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app import __version__
from app.core.models import ModelFile
from app.core.paths import resources_path
from app.generation.capabilities import capabilities
from app.text.for_terminals import in_one_line

SHOWN_TOKENS = 60
_OWN = "starwright"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the About dialog, as plain text."""

    title: str
    text: str


def about_pages(model: ModelFile | None) -> list[Page]:
    """Return the pages: the program, the model, the libraries, the licence texts.

    Reads every library's metadata, which takes some 100 ms: not for the window's thread.
    """
    pages = [Page("Starwright", _program()), Page("Libraries", _libraries())]
    if model is not None:
        pages.insert(1, Page("Model", model_text(model)))
    pages.append(Page("Licence", _licence("licences/Apache-2.0.txt")))
    fonts = [_licence(f"fonts/{name}-OFL.txt") for name in ("Inter", "JetBrainsMono")]
    pages.append(Page("Schemas", _licence("schemas/README.md")))
    return [*pages, Page("Fonts", "\n\n".join([_licence("fonts/README.md"), *fonts]))]


def model_text(model: ModelFile) -> str:
    """Say what a model file is and what it can be asked for."""
    known = capabilities(model)
    # In one line each: a name in a file's header must not pass for another fact.
    facts = "\n".join(f"{name}: {in_one_line(value)}" for name, value in model_facts(model).items())
    tokens = f"\n\nControl tokens: {in_one_line(_tokens(model))}" if model.control_tokens else ""
    formats = "\n".join(
        f"{'Yes' if one.is_supported else 'No '}  {str(one.format).capitalize()}: "
        f"{in_one_line(one.detail)}"
        for one in known.supports
    )
    return f"{facts}\n\nWhat it can do:\n{formats}{tokens}"


def model_facts(model: ModelFile) -> dict[str, str]:
    """Return what a model file's header says, in words, by name."""
    facts = {
        "Name": model.name,
        "File": str(model.path),
        "Size": f"{model.size_bytes / 1e6:,.1f} MB",
        "Family": capabilities(model).family,
        "Architecture": model.architecture,
        "Parameters": f"{model.parameters:,}" if model.parameters else "",
        "Quantization": model.quantization,
        "Trained context": f"{model.context_tokens:,} tokens" if model.context_tokens else "",
        "Licence": model.licence or "the file does not say",
    }
    return {name: value for name, value in facts.items() if value}


def _tokens(model: ModelFile) -> str:
    shown = model.control_tokens[:SHOWN_TOKENS]
    left = len(model.control_tokens) - len(shown)
    return " ".join(shown) + (f" and {left} more" if left else "")


def _program() -> str:
    return (
        f"Starwright {__version__}\n\n"
        "StarCoder 2 on your own machine. Nothing leaves this computer unless you switch it on.\n\n"
        "Licence: Apache-2.0. The built-in demo model: Apache-2.0, trained on code written for it "
        "and on the Python standard library (PSF licence).\n"
        "StarCoder 2's own files are not included; they come under BigCode OpenRAIL-M v1, whose "
        "use restrictions apply."
    )


def _libraries() -> str:
    lines = []
    for name in sorted(_needed(_OWN, set()), key=str.lower):
        found = metadata.distribution(name)
        lines.append(f"{found.name} {found.version}: {_licence_of(found)}")
    return "\n".join(lines) or "This build does not carry its libraries' metadata."


def _needed(name: str, seen: set[str]) -> set[str]:
    """Return the installed libraries that `name` needs, and those that they need."""
    try:
        requirements = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return set()
    found: set[str] = set()
    for requirement in requirements:
        needed = Requirement(requirement)
        library = canonicalize_name(needed.name)
        is_wanted = needed.marker is None or needed.marker.evaluate({"extra": ""})
        if not is_wanted or library in seen:
            continue
        seen.add(library)
        try:
            metadata.distribution(library)
        except metadata.PackageNotFoundError:
            continue
        found |= {library} | _needed(library, seen)
    return found


def _licence_of(found: metadata.Distribution) -> str:
    about = found.metadata
    classified = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    stated = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or []), ""]
    first = stated[0].strip().partition("\n")[0]
    return (first if 0 < len(first) < 80 else "") or ", ".join(classified) or "see its own files"


def _licence(name: str) -> str:
    return (resources_path() / name).read_text(encoding="utf-8")
