"""Text can be read in both themes, and both are complete."""

import pytest
from PySide6.QtGui import QColor

from app.core.settings import BY_KEY
from app.ui.widgets.look.palette import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, THEMES, colours


def luminance(colour):
    def linear(part):
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    rgb = QColor(colour)
    red, green, blue = (linear(part) for part in (rgb.redF(), rgb.greenF(), rgb.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("window", "surface", "sidebar", "accent_soft", "hover")


@pytest.mark.parametrize("table", THEMES.values(), ids=THEMES.keys())
class TestContrast:
    @pytest.mark.parametrize("ground", GROUNDS)
    @pytest.mark.parametrize("role", ["text", "muted"])
    def test_body_text_holds_on_every_ground(self, table, role, ground):
        assert contrast(getattr(table, role), getattr(table, ground)) >= 4.5

    @pytest.mark.parametrize(
        ("text", "ground"),
        [
            ("good", "good_soft"),
            ("good", "sidebar"),
            ("warning", "warning_soft"),
            ("error", "error_soft"),
            ("text", "error_soft"),
            ("on_accent", "accent"),
            ("accent", "window"),
        ],
    )
    def test_coloured_text_holds_on_its_ground(self, table, text, ground):
        assert contrast(getattr(table, text), getattr(table, ground)) >= 4.5

    @pytest.mark.parametrize("part", ["keyword", "string", "function", "number"])
    def test_code_holds_on_the_editor(self, table, part):
        assert contrast(getattr(table.code, part), table.surface) >= 4.5

    def test_comments_hold_as_well_as_icons_must(self, table):
        assert contrast(table.code.comment, table.surface) >= 3


@pytest.mark.parametrize("table", [CONTRAST_LIGHT, CONTRAST_DARK])
@pytest.mark.parametrize("role", ["text", "muted", "faint", "accent", "good", "warning", "error"])
def test_high_contrast_is_high(table, role):
    assert contrast(getattr(table, role), table.surface) >= 7
    assert contrast(table.hairline, table.window) >= 7


def test_every_theme_that_can_be_set_exists():
    assert {*BY_KEY["window.theme"].choices} == {"system", *THEMES}


def test_the_theme_in_force_can_be_changed_at_run_time(theme, qapp):
    theme.choose("light")
    assert colours() is LIGHT
    theme.choose("dark")
    assert colours() is DARK
    theme.choose("high contrast dark")
    assert colours() is CONTRAST_DARK
    theme.choose("dark")
    assert qapp.palette().window().color() == QColor(DARK.window)
