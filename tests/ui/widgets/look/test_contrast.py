"""Text can be read in every theme: measured as WCAG 2 does, 4.5:1 for text, 3:1 for icons."""

import pytest

from app.ui.widgets.look.palette import THEMES


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("window", "surface", "sidebar", "accent_soft", "hover", "code_card")
TEXTS = [(colour, ground) for colour in ("text", "muted") for ground in GROUNDS]
TEXTS += [
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
    ("accent", "surface"),
    ("accent", "accent_soft"),
    ("good", "good_soft"),
    ("good", "sidebar"),
    ("good", "surface"),
    ("warning", "warning_soft"),
    ("warning", "sidebar"),
    ("error", "error_soft"),
    ("error", "surface"),
    ("text", "good_soft"),
    ("text", "error_soft"),
    ("text", "warning_soft"),
    ("text", "selection"),
]
CODE = ("keyword", "string", "function", "number")


@pytest.mark.parametrize("name", THEMES)
def test_text_holds_four_and_a_half_to_one(name):
    table = THEMES[name]
    weak = {
        f"{text} on {ground}": round(contrast(getattr(table, text), getattr(table, ground)), 2)
        for text, ground in TEXTS
        if contrast(getattr(table, text), getattr(table, ground)) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", ["surface", "code_card"])
def test_code_holds_four_and_a_half_to_one(name, ground):
    table = THEMES[name]
    behind = getattr(table, ground)
    weak = {
        kind: round(contrast(getattr(table.code, kind), behind), 2)
        for kind in CODE
        if contrast(getattr(table.code, kind), behind) < 4.5
    }
    assert weak == {}
    assert contrast(table.code.comment, behind) >= 3  # may be missed


@pytest.mark.parametrize("name", THEMES)
def test_icons_hold_three_to_one(name):
    table = THEMES[name]
    for ground in GROUNDS:
        assert contrast(table.muted, getattr(table, ground)) >= 3
    assert contrast(table.accent, table.window) >= 3


@pytest.mark.parametrize("name", [name for name in THEMES if "contrast" in name])
def test_high_contrast_holds_seven_to_one(name):
    table = THEMES[name]
    for colour in ("text", "muted", "faint", "accent", "good", "warning", "error"):
        assert contrast(getattr(table, colour), table.surface) >= 7, colour
