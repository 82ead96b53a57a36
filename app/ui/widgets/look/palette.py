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
    accent_strong: str
    focus: str
    handle: str
    selection: str
    code_card: str
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
    warning="#946200",
    warning_soft="#FDF7E8",
    error="#B3372F",
    error_soft="#FBECEA",
    accent_strong="#3F4AC4",
    focus="#B9BEF0",
    handle="#D4D3CE",
    selection="#D5D8F8",
    code_card="#F8F8F6",
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
    accent_strong="#A6AEFF",
    focus="#5A5F9E",
    handle="#3A3A42",
    selection="#3A3E6B",
    code_card="#1D1D21",
    code=CodeColours(
        keyword="#C792EA",
        string="#A5D6A7",
        function="#82AAFF",
        number="#F0A36B",
        comment="#75757E",
        ghost="#5C5C65",
    ),
)


CONTRAST_LIGHT = Colours(
    window="#FEFEFE",
    surface="#FFFFFF",
    sidebar="#FFFFFF",
    hairline="#000000",
    text="#000000",
    muted="#1A1A1A",
    faint="#333333",
    accent="#0000B0",
    accent_soft="#DDE0FF",
    on_accent="#FFFFFF",
    hover="#E6E6E6",
    good="#00471F",
    good_soft="#D6F5E0",
    warning="#5C3A00",
    warning_soft="#FFF3CC",
    error="#8A0000",
    error_soft="#FFE4E0",
    accent_strong="#000080",
    focus="#0000B0",
    handle="#000000",
    selection="#B8C0FF",
    code_card="#FFFFFF",
    code=CodeColours(
        keyword="#5B008A",
        string="#00471F",
        function="#00308F",
        number="#6B2A00",
        comment="#404040",
        ghost="#595959",
    ),
)

CONTRAST_DARK = Colours(
    window="#010101",
    surface="#000000",
    sidebar="#000000",
    hairline="#FFFFFF",
    text="#FFFFFF",
    muted="#E8E8E8",
    faint="#CCCCCC",
    accent="#B8C0FF",
    accent_soft="#22264F",
    on_accent="#000000",
    hover="#2A2A2A",
    good="#8CFFB4",
    good_soft="#00330F",
    warning="#FFD666",
    warning_soft="#332600",
    error="#FFB3AB",
    error_soft="#450000",
    accent_strong="#DDE0FF",
    focus="#B8C0FF",
    handle="#FFFFFF",
    selection="#3D46A8",
    code_card="#000000",
    code=CodeColours(
        keyword="#E3B8FF",
        string="#A8FFB0",
        function="#A6C8FF",
        number="#FFC08A",
        comment="#BFBFBF",
        ghost="#A6A6A6",
    ),
)

THEMES = {
    "light": LIGHT,
    "dark": DARK,
    "high contrast light": CONTRAST_LIGHT,
    "high contrast dark": CONTRAST_DARK,
}
_BY_WINDOW = {QColor(table.window).rgb(): table for table in THEMES.values()}


def colours() -> Colours:
    """Return the table in force, which its own window colour tells."""
    ground = QGuiApplication.palette().window().color()
    return _BY_WINDOW.get(ground.rgb(), DARK if ground.lightness() < 128 else LIGHT)


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
