"""The colours of the window, light and dark, and which of the two is in force.

Widgets that draw by themselves ask `colours()`, which reads the application's own palette; so a
theme is set in one place (`theme.Theme`) and nothing has to be handed around. They draw anew when
`is_theme_change` says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QGuiApplication, QPalette


@dataclass(frozen=True, slots=True)
class CodeColours:
    """The colours of program text."""

    keyword: str
    string: str
    function: str
    number: str
    comment: str
    ghost: str


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour table: every colour that the window may use, by its role."""

    window: str
    surface: str
    sidebar: str
    hairline: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    on_accent: str
    hover: str
    good: str
    good_soft: str
    warning: str
    warning_soft: str
    error: str
    error_soft: str
    code: CodeColours


LIGHT = Colours(
    window="#FBFBFA",
    surface="#FFFFFF",
    sidebar="#F3F3F1",
    hairline="#E3E2DE",
    text="#1D1D1B",
    muted="#6A6964",
    faint="#9B9A94",
    accent="#4B57D6",
    accent_soft="#ECEDFB",
    on_accent="#FFFFFF",
    hover="#EBEAE7",
    good="#2E7D4F",
    good_soft="#EAF5EE",
    warning="#9A6700",
    warning_soft="#FDF7E8",
    error="#B3372F",
    error_soft="#FBECEA",
    code=CodeColours(
        keyword="#7A3EA8",
        string="#2E7D4F",
        function="#2156C4",
        number="#A3541C",
        comment="#8C8B85",
        ghost="#B4B3AD",
    ),
)

DARK = Colours(
    window="#17171A",
    surface="#1D1D21",
    sidebar="#131315",
    hairline="#2C2C32",
    text="#E9E9EC",
    muted="#A0A0A8",
    faint="#6F6F78",
    accent="#919BFF",
    accent_soft="#26283F",
    on_accent="#131315",
    hover="#242429",
    good="#6CC48C",
    good_soft="#1C2B22",
    warning="#E0B050",
    warning_soft="#2E2818",
    error="#F08A80",
    error_soft="#34201F",
    code=CodeColours(
        keyword="#C792EA",
        string="#A5D6A7",
        function="#82AAFF",
        number="#F0A36B",
        comment="#75757E",
        ghost="#5C5C65",
    ),
)


def colours() -> Colours:
    """Return the table in force."""
    return DARK if QGuiApplication.palette().window().color().lightness() < 128 else LIGHT


def is_theme_change(event: QEvent) -> bool:
    """Tell whether `event`, given to `QWidget.changeEvent`, may have changed the colours."""
    return event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


def qt_palette(table: Colours) -> QPalette:
    """Return `table` as the palette that Fusion draws with."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in (
        (roles.Window, table.window),
        (roles.WindowText, table.text),
        (roles.Base, table.surface),
        (roles.AlternateBase, table.sidebar),
        (roles.Text, table.text),
        (roles.PlaceholderText, table.faint),
        (roles.Button, table.surface),
        (roles.ButtonText, table.text),
        (roles.BrightText, table.error),
        (roles.Highlight, table.accent_soft),
        (roles.HighlightedText, table.text),
        (roles.Link, table.accent),
        (roles.LinkVisited, table.accent),
        (roles.ToolTipBase, table.surface),
        (roles.ToolTipText, table.text),
        (roles.Accent, table.accent),
        (roles.Light, table.surface),
        (roles.Midlight, table.hover),
        (roles.Mid, table.hairline),
        (roles.Dark, table.hairline),
        (roles.Shadow, table.hairline),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(table.faint))
    return palette
