"""What a piece of code is called as a file: by its language, and by what is in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.text.languages import Language

_READ_CHARACTERS = 20_000


def suggested_path(language: Language | None, text: str, name: str = "") -> str:
    """Return a file's name, with folders where its tool expects them; empty where nothing tells.

    `name` is what the code defines, such as its first function.
    """
    if language is None:
        return ""
    rule = _RULES.get(language.label)
    found = rule(text[:_READ_CHARACTERS]) if rule is not None else ""
    return found or (f"{name}{language.extension}" if name else "")


def _terraform(text: str) -> str:
    kinds = set(_all(r"^(resource|data|module|provider|variable|output|terraform|locals)\b", text))
    if not kinds and _has(r"^\w+\s*=", text):
        return "terraform.tfvars"
    for name, alone in (
        ("variables.tf", {"variable"}),
        ("outputs.tf", {"output"}),
        ("locals.tf", {"locals"}),
        ("versions.tf", {"terraform"}),
        ("providers.tf", {"terraform", "provider"}),
    ):
        if kinds and kinds <= alone:
            return name
    return "main.tf"


def _kubernetes(text: str) -> str:
    kinds = list(dict.fromkeys(_all(r"^kind:\s*([A-Z]\w+)", text)))
    if kinds == ["Kustomization"]:
        return "kustomization.yaml"
    if len(kinds) == 1:
        return f"{kinds[0].lower()}.yaml"
    name = _slug(_first(r"^metadata:\s*\n\s+name:\s*(\S+)", text))
    return f"{name or 'manifests'}.yaml"


def _helm(text: str) -> str:
    if _has(r"\{\{-?\s*define\b", text):
        return "templates/_helpers.tpl"
    if _has(r"^kind:", text):
        return f"templates/{_kubernetes(text)}"
    if _has(r"^apiVersion:\s*v[12]\s*$", text) and _has(r"^version:", text):
        return "Chart.yaml"
    return "values.yaml"


def _cloudformation(text: str) -> str:
    return "template.json" if text.lstrip().startswith("{") else "template.yaml"


def _ansible(text: str) -> str:
    return "playbook.yml" if not text or _has(r"^\s*-?\s*hosts:", text) else "tasks/main.yml"


def _github_actions(text: str) -> str:
    if _has(r"^runs:", text):
        return "action.yml"
    name = _slug(_first(r"^name:\s*(.+)$", text))
    return f".github/workflows/{name or 'ci'}.yml"


_UNITS = ("Timer", "Socket", "Mount", "Automount", "Path", "Swap", "Slice")
_RUNNERS = {"python", "python3", "bash", "sh", "node", "java", "ruby", "perl", "php", "env"}


def _systemd(text: str) -> str:
    kind = next((unit.lower() for unit in _UNITS if f"[{unit}]" in text), "service")
    name = _first(r"^Unit=([\w@-]+)\.", text)
    started = _first(r"^ExecStart=[-@:+!]*(.+)$", text).split()
    while started and (_stem(started[0]) in _RUNNERS or started[0].startswith("-")):
        started = started[1:]
    name = name or (_stem(started[0]) if started else "")
    return f"{name or _slug(_first(r'^Description=(.+)$', text)) or 'app'}.{kind}"


def _json(text: str) -> str:
    if _has(r'^  "(?:dependencies|scripts|devDependencies)":', text):
        return "package.json"
    return "tsconfig.json" if '"compilerOptions"' in text else ""


def _toml(text: str) -> str:
    if _has(r"^\[package\]", text):
        return "Cargo.toml"
    return "pyproject.toml" if _has(r"^\[(?:project|build-system|tool\.[\w.-]+)\]", text) else ""


def _yaml(text: str) -> str:
    is_gitlab = _has(r"^stages:", text) and _has(r"^\s+script:", text)
    return ".gitlab-ci.yml" if is_gitlab else ""


def _ruby(text: str) -> str:
    if _has(r"^source ['\"]https://rubygems", text):
        return "Gemfile"
    return "Vagrantfile" if "Vagrant.configure" in text else ""


def _groovy(text: str) -> str:
    return "Jenkinsfile" if _has(r"^\s*pipeline\s*\{", text) else ""


def _html(text: str) -> str:
    return "index.html" if _has(r"(?i)<(?:!doctype html|html)\b", text) else ""


def _xml(text: str) -> str:
    return "pom.xml" if "maven.apache.org/POM" in text else ""


def _named(name: str) -> Callable[[str], str]:
    return lambda _text: name


_RULES: dict[str, Callable[[str], str]] = {
    "ansible": _ansible,
    "caddyfile": _named("Caddyfile"),
    "cloudformation": _cloudformation,
    "cmake": _named("CMakeLists.txt"),
    "compose": _named("compose.yaml"),
    "dockerfile": _named("Dockerfile"),
    "github-actions": _github_actions,
    "groovy": _groovy,
    "helm": _helm,
    "html": _html,
    "json": _json,
    "kubernetes": _kubernetes,
    "makefile": _named("Makefile"),
    "meson": _named("meson.build"),
    "nginx": _named("nginx.conf"),
    "procfile": _named("Procfile"),
    "ruby": _ruby,
    "systemd": _systemd,
    "terraform": _terraform,
    "toml": _toml,
    "xml": _xml,
    "yaml": _yaml,
}


def _has(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.MULTILINE) is not None


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else ""


def _all(pattern: str, text: str) -> list[str]:
    return re.findall(pattern, text, re.MULTILINE)


def _slug(words: str) -> str:
    """Return words as a file name: small letters and hyphens, at most 40 of them."""
    plain = re.sub(r"\$\{\{.*?\}\}|\{\{.*?\}\}", "", words).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def _stem(path: str) -> str:
    return re.sub(r"\.\w+$", "", path.rpartition("/")[2])
