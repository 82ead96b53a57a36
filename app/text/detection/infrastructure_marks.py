"""What tells kinds of infrastructure as code apart, as `detection_marks` beside it does."""

from __future__ import annotations

from functools import cache

from app.text.detection.detection_marks import Marks, Table, compiled


@cache
def infrastructure() -> dict[str, Marks]:
    """Return what kinds of infrastructure a text in a general language may describe."""
    return {label: compiled(table) for label, table in _INFRASTRUCTURE.items()}


_YAML: Table = {
    "helm": (
        (r"\{\{-? *(?:if|with|range|include|define|end|\.Values|\.Release|\.Chart)\b", 6),
        (r"\{\{-? *\.?(?:Values|Release|Chart)\.", 6),
        (r"(?s)^apiVersion: v[12][ \t]*$(?=.*^name:)(?=.*^version:)(?!.*^kind:)", 6),
    ),
    "kubernetes": (
        (r"^apiVersion: \S+", 3),
        (
            r"^kind: [A-Z]\w+",
            3,
        ),
        (r"^metadata:[ \t]*$", 1),
    ),
    "compose": (
        (r"^services:[ \t]*$", 4),
        (r"^[ \t]+(?:image|build|ports|depends_on|container_name):", 2),
        (r"^(?:networks|volumes):", 1),
        (r"^(?:on|jobs):", -6),
    ),
    "github-actions": (
        (r"^jobs:[ \t]*$", 3),
        (r"^(?:on|'on'|\"on\"):", 2),
        (r"^[ \t]+runs-on: ", 4),
        (r"^[ \t]*- uses: ", 2),
    ),
    "ansible": (
        (r"^[ \t]*-?\s*hosts: ", 4),
        (r"^[ \t]*(?:tasks|roles|handlers|become|gather_facts):", 2),
        (
            r"^[ \t]*(?:ansible\.builtin\.\w+|apt|dnf|copy|template|service|file|user):\s",
            2,
        ),
        (r"^- name: ", 2),
        (r"^jobs:|runs-on:|^apiVersion:|^services:", -6),
    ),
    "cloudformation": (
        (r"AWSTemplateFormatVersion", 5),
        (r"^[ \t]+Type: ['\"]?AWS::\w+::\w+", 4),
        (r"^Resources:[ \t]*$", 3),
        (r"!(?:Ref|Sub|GetAtt)\b", 2),
    ),
}

_INFRASTRUCTURE: dict[str, Table] = {
    "yaml": _YAML,
    "kubernetes": {"helm": _YAML["helm"]},
    "json": {
        "cloudformation": (
            (r'"AWSTemplateFormatVersion"', 5),
            (r'"Type"\s*:\s*"AWS::\w+::\w+', 4),
        ),
    },
    "ini": {
        "systemd": (
            (r"^\[(?:Unit|Service|Timer|Socket|Mount|Install)\]", 3),
            (r"^(?:ExecStart|WantedBy|OnCalendar|ListenStream|After)=", 2),
        ),
    },
}
