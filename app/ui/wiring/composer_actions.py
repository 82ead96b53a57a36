"""What the composer's menu offers: prompt templates, and actions on the code in the panel."""

from __future__ import annotations

from functools import partial

from app.core.commands import Command
from app.generation.prompt_templates import PROMPT_TEMPLATES
from app.ui.widgets.composer.action_menu import Action
from app.ui.widgets.controls.commands import Offer
from app.ui.window import Window

TEMPLATES = tuple(
    Action(one.name, one.description, one.text, language=one.label) for one in PROMPT_TEMPLATES
)


def composer_actions(window: Window) -> list[Action]:
    """Return the entries; those about code only where the panel shows some."""
    actions = list(TEMPLATES)
    panel = window.code_panel
    if panel.editor() is not None:
        actions[:0] = [
            Action(command.words.rstrip("…"), "for the code in the panel", act=command.act)
            for command in panel.code_actions.commands
        ]
    return actions


def template_commands(window: Window) -> list[Offer]:
    """Return a command for each template, for the palette."""
    return [
        Offer(Command("Template", action.name), partial(window.composer.do, action))
        for action in TEMPLATES
    ]
