"""Templates name their language and have places to fill."""

from __future__ import annotations

import pytest

from app.generation.prompt_templates import PROMPT_TEMPLATES
from app.text.detection import mentioned
from app.text.languages import language_named


@pytest.mark.parametrize("template", PROMPT_TEMPLATES, ids=lambda template: template.name)
def test_a_template_has_places_and_names_its_language(template) -> None:
    assert "«" in template.text
    assert template.text.count("«") == template.text.count("»")
    assert template.description
    if template.label:
        assert language_named(template.label) is not None
        found = mentioned(template.text)
        assert found is not None
        assert found.label == template.label


def test_infrastructure_as_code_is_there() -> None:
    labels = {template.label for template in PROMPT_TEMPLATES}
    assert labels >= {
        "terraform", "cloudformation", "kubernetes", "helm", "dockerfile", "compose", "ansible",
        "github-actions", "nginx", "systemd",
    }  # fmt: skip
    names = [template.name for template in PROMPT_TEMPLATES]
    assert len(names) == len(set(names))
