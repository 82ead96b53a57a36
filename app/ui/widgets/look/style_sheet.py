"""The one style sheet, generated from a colour table.

Rules name roles (`role` is a dynamic property that a widget sets on itself) or object names,
never classes of ours alone, so that a rule can be found from either side.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from app.core.paths import resources_path
from app.ui.widgets.look.fonts import SMALL_PX, TEXT_PX, TINY_PX, points, scaled

if TYPE_CHECKING:
    from app.ui.widgets.look.palette import Colours

_RULES = Template("""
* { outline: none; }
QToolTip {
    background: $surface; color: $text; border: 1px solid $hairline; padding: 4px 6px;
    font-size: ${small_pt}pt;
}
QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: $window; border: none; }

QLabel[role="muted"] { color: $muted; }
QLabel[role="faint"] { color: $faint; }
QLabel[role="small"] { color: $muted; font-size: ${small_pt}pt; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="label"] { font-weight: 500; }
QLabel[role="heading"] { font-size: ${brand_pt}pt; font-weight: 600; }
QLabel[role="title"] { font-size: ${title_pt}pt; font-weight: 600; }
QLabel[role="badge"] {
    font-size: ${tiny_pt}pt; font-weight: 500; border-radius: 4px; padding: 2px 6px;
    color: $good; background: $good_soft;
}
QLabel[role="badge"][tone="error"] { color: $error; background: $error_soft; }
QLabel[role="badge"][tone="warning"] { color: $warning; background: $warning_soft; }

QPushButton {
    min-height: 28px; padding: 0 12px; border: 1px solid $hairline; border-radius: 8px;
    background: $surface; color: $text; font-weight: 500;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $accent_soft; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $faint; }
QPushButton[role="primary"] {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[role="primary"]:hover { background: $accent_strong; border-color: $accent_strong; }
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled {
    background: $hover; border-color: $hover; color: $muted;
}
QPushButton[role="nav"] {
    padding: 0; min-height: 30px; border: 1px solid transparent; background: transparent;
}
QPushButton[role="nav"][current="true"] { background: $accent_soft; }
QPushButton[role="nav"]:hover { background: $hover; }
QPushButton[role="nav"]:focus { border-color: $accent; }
QPushButton[role="row"] { text-align: left; padding: 0 10px; min-height: 32px; }
QPushButton[role="example"] {
    padding: 0; min-height: 44px; border-radius: 10px; font-weight: 400;
}
QPushButton[role="link"] {
    border: none; background: transparent; color: $muted; padding: 0 4px; min-height: 22px;
    font-size: ${small_pt}pt; font-weight: 400; border-radius: 4px;
}
QPushButton[role="link"]:hover { color: $text; background: $hover; }
QPushButton[role="link"]:focus { color: $text; background: $accent_soft; }
QToolButton[role="icon"] {
    border: 1px solid transparent; border-radius: 6px; background: transparent;
    min-width: ${icon_box}px; max-width: ${icon_box}px;
    min-height: ${icon_box}px; max-height: ${icon_box}px; padding: 0;
}
QToolButton[role="icon"]:hover { background: $hover; }
QToolButton[role="icon"]:focus { border-color: $accent; }
QToolButton[role="icon"]::menu-indicator { image: none; }
QToolButton[role="toggle"] {
    border: 1px solid transparent; border-radius: 6px; background: transparent; color: $muted;
    min-width: ${icon_box}px; min-height: ${icon_box}px; padding: 0; font-weight: 500;
}
QToolButton[role="toggle"]:hover { background: $hover; }
QToolButton[role="toggle"]:checked { background: $accent_soft; color: $accent; }
QToolButton[role="toggle"]:focus { border-color: $accent; }
QToolButton[role="tiny"] { padding: 2px; margin-right: 2px; }
QPushButton[role="tool"] {
    min-height: 24px; padding: 0 8px; border-radius: 6px; font-size: ${small_pt}pt;
}
#versions { background: $accent_soft; border-radius: 6px; }
#versions QToolButton {
    min-width: ${arrow_box}px; max-width: ${arrow_box}px;
    min-height: ${tool_box}px; max-height: ${tool_box}px;
}
#versionLabel { color: $accent; font-size: ${small_pt}pt; font-weight: 500; }

QLineEdit {
    min-height: 32px; padding: 0 10px; border: 1px solid $hairline; border-radius: 8px;
    background: $surface; color: $text; selection-background-color: $accent_soft;
    selection-color: $text;
}
QLineEdit:focus { border-color: $accent; }

QComboBox, QSpinBox, QDoubleSpinBox {
    min-height: 30px; padding: 0 10px; border: 1px solid $hairline; border-radius: 8px;
    background: $surface; color: $text; selection-background-color: $accent_soft;
    selection-color: $text;
}
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url("$chevron"); width: 13px; height: 13px; }
QComboBox QAbstractItemView {
    background: $surface; border: 1px solid $hairline; selection-background-color: $accent_soft;
    selection-color: $text;
}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button,
QDoubleSpinBox::down-button { width: 0; border: none; }
QPlainTextEdit[role="field"], #promptDialog QPlainTextEdit, #aboutDialog QPlainTextEdit {
    background: $surface; color: $text; border: 1px solid $hairline; border-radius: 8px;
    padding: 6px 8px;
}
QCheckBox { spacing: 8px; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $faint; border-radius: 4px; background: $surface;
}
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox:focus { color: $accent; }
#overflowLosses {
    background: $surface; border: 1px solid $hairline; border-radius: 8px; padding: 5px;
}
#overflowLosses::item { min-height: 28px; padding: 0 6px; }
#aboutPages { background: transparent; border: none; }
#aboutPages::item { padding: 7px 10px; border-radius: 6px; }
#aboutPages::item:selected { background: $accent_soft; color: $text; }
QPlainTextEdit[role="field"]:focus { border-color: $accent; }
QFrame[role="card"] { background: $surface; border: 1px solid $hairline; border-radius: 10px; }
#settingsPage { background: $window; border: none; }
#settingsSections { background: transparent; border: none; padding: 12px 9px; }
#settingsSections::item { padding: 0 9px; border-radius: 6px; }
#settingsSections::item:hover { background: $hover; }
#settingsSections::item:selected { background: $accent_soft; color: $text; }

QMenu {
    background: $surface; border: 1px solid $hairline; border-radius: 8px; padding: 4px;
}
QMenu::item { padding: 6px 16px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::separator { height: 1px; background: $hairline; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $handle; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QFrame[role="hairline"] { background: $hairline; border: none; }
QSplitter::handle { background: $hairline; }

#sidebar { background: $sidebar; border: none; }
#sidebar QLineEdit { background: $sidebar; }
#brandName { font-size: ${brand_pt}pt; font-weight: 600; }
QLabel[role="keys"] { color: $faint; font-size: ${small_pt}pt; font-weight: 400; }
#chatList, #chatList > QWidget { background: transparent; border: none; }
#topBar { background: $window; border-bottom: 1px solid $hairline; }
#statusLine { background: $sidebar; border-top: 1px solid $hairline; }
#statusLine QLabel { color: $muted; font-size: ${small_pt}pt; }
#statusLine QLabel#offlineBadge { color: $good; font-weight: 500; }
#statusLine QLabel[tone="warning"] { color: $warning; }
#statusLine QLabel#offlineBadge[tone="warning"] { color: $warning; }

QPushButton[role="pill"] { padding: 0; min-height: 30px; }
#popup, #commandPalette, #actionMenu {
    background: $surface; border: 1px solid $hairline; border-radius: 10px;
}
#popup QListView, #commandPalette QListView, #actionMenu QListView {
    background: transparent; border: none; }
#popup QLineEdit, #commandPalette QLineEdit, #actionMenu QLineEdit { border-radius: 6px; }

#conversation { background: $window; border: none; }
#userBubble { background: $accent_soft; border-radius: 10px; }
#messageActions { background: transparent; border: none; }
QToolButton[role="words"] {
    border: 1px solid transparent; border-radius: 4px; background: transparent; color: $muted;
    font-size: ${small_pt}pt; padding: 2px 5px;
}
QToolButton[role="words"]:hover { color: $text; background: $hover; }
QToolButton[role="words"]:focus { color: $text; border-color: $accent; }
QToolButton[role="words"]:disabled { color: $faint; }
#messageEditor { background: $surface; border: 1px solid $focus; border-radius: 10px; }
#messageText { background: transparent; border: none; color: $text; }
#proseBlock { background: transparent; border: none; }
#codeBlock { background: $code_card; border: 1px solid $hairline; border-radius: 10px; }
#codeBlock QPlainTextEdit { background: transparent; border: none; }
#codeBlockHead { background: transparent; border-bottom: 1px solid $hairline; }
#notice, #languageHintCard {
    background: $surface; border: 1px solid $hairline; border-radius: 10px;
}
#errorCard { background: $error_soft; border: 1px solid $error; border-radius: 10px; }
#errorCard QLabel#errorText { color: $error; font-weight: 600; }
#errorCard QLabel { color: $text; }

#codePanel { background: $surface; border: none; }
#codePanelHead { background: $surface; border-bottom: 1px solid $hairline; }
#codePanelFoot { background: $surface; border-top: 1px solid $hairline; }
#codePanelFoot QLabel { color: $muted; font-size: ${small_pt}pt; }
#codePanelFoot QPushButton[tone="good"] { color: $good; }
#codePanelFoot QPushButton[tone="error"] { color: $error; }
#codePanelFoot QPushButton#repairCode { color: $accent; font-weight: 500; }
#infillNote { background: $warning_soft; color: $text; border-top: 1px solid $hairline; }
#codePanel QPlainTextEdit { background: $surface; border: none; padding: 8px 0; }
#codeTabs { background: transparent; border: none; }
#codeTabs::tab {
    background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 16px 6px 15px 12px; margin: 0;
}
#codeTabs::tab:selected { color: $text; font-weight: 500; border-bottom: 2px solid $accent; }
#codeTabs::tab:hover { color: $text; }
#codeTabs QToolButton { background: transparent; border: none; border-radius: 4px; }
#codeTabs QToolButton:hover { background: $hover; }
#findBar, #findInChat, #goToLine, #codeTools {
    background: $surface; border-bottom: 1px solid $hairline;
}
#editBar { background: $surface; border: 1px solid $focus; border-radius: 10px; }
#codeNote { background: $sidebar; border-top: 1px solid $hairline; }
#codeNote QScrollArea, #codeNote QScrollArea > QWidget { background: transparent; }
#codeNoteText { background: transparent; }
#diffView { background: $surface; }
#diffView QPlainTextEdit { padding: 0; }
#snippetsDialog { background: $window; }
#snippetList, #snippetList > QWidget { background: transparent; border: none; }
#snippetCard { background: $surface; border: 1px solid $hairline; border-radius: 10px; }
#snippetCard QPlainTextEdit { background: transparent; border: none; }
#runAgain { background: $surface; border: 1px solid $hairline; border-radius: 10px; }
#runAgain[tone="good"] { background: $good_soft; border-color: $good_soft; }
#runAgain[tone="warning"] { background: $warning_soft; border-color: $warning_soft; }
#modelNote { color: $faint; font-size: ${small_pt}pt; }

#composerCard { background: $surface; border: 1px solid $hairline; border-radius: 14px; }
#composerCard[active="true"] { border-color: $focus; }
#chip { background: $surface; border: 1px solid $hairline; border-radius: 8px; }
QPushButton[role="chip"] {
    padding: 0; min-height: 24px; border: 1px solid transparent; border-radius: 7px;
    background: transparent;
}
QPushButton[role="chip"]:hover { background: $hover; }
QPushButton[role="chip"]:focus { border-color: $accent; }
QToolButton[role="chipRemove"] {
    border: 1px solid transparent; border-radius: 6px; background: transparent; padding: 2px;
}
QToolButton[role="chipRemove"]:hover { background: $hover; }
QToolButton[role="chipRemove"]:focus { border-color: $accent; }
QLabel[role="chipName"] { font-size: ${small_pt}pt; font-weight: 600; }
#fileList { background: transparent; border: none; }
#fileList::item { padding: 5px 8px; border-radius: 6px; }
#fileList::item:selected { background: $accent_soft; color: $text; }
#fileText { background: $surface; border: 1px solid $hairline; border-radius: 8px; }
#composer {
    background: transparent; border: none; color: $text;
    selection-background-color: $selection; selection-color: $text;
}
""")


def _check_mark(table: Colours) -> str:
    return "check-white.svg" if table.on_accent == "#FFFFFF" else "check-black.svg"


def _chevron(table: Colours) -> str:
    return "chevron-on-light.svg" if table.on_accent == "#FFFFFF" else "chevron-on-dark.svg"


def style_sheet(table: Colours) -> str:
    """Return the style sheet in the colours of `table`."""
    return _RULES.substitute(
        text_pt=points(TEXT_PX),
        icon_box=scaled(26),
        arrow_box=scaled(18),
        tool_box=scaled(24),
        small_pt=points(SMALL_PX),
        tiny_pt=points(TINY_PX),
        title_pt=points(20),
        brand_pt=points(15),
        window=table.window,
        surface=table.surface,
        sidebar=table.sidebar,
        hairline=table.hairline,
        text=table.text,
        muted=table.muted,
        faint=table.faint,
        accent=table.accent,
        accent_soft=table.accent_soft,
        accent_strong=table.accent_strong,
        on_accent=table.on_accent,
        hover=table.hover,
        focus=table.focus,
        handle=table.handle,
        selection=table.selection,
        code_card=table.code_card,
        good=table.good,
        good_soft=table.good_soft,
        warning=table.warning,
        warning_soft=table.warning_soft,
        error=table.error,
        error_soft=table.error_soft,
        # A style sheet cannot tint a picture.
        chevron=(resources_path() / "icons" / _chevron(table)).as_posix(),
        check=(resources_path() / "icons" / _check_mark(table)).as_posix(),
    )
