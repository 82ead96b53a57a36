"""The question what to do with a chat that does not fit."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.core.context import Fit, Loss, OverflowChoice
from app.ui.widgets.dialogs.overflow_dialog import OverflowDialog

FIT = Fit(
    prompt_tokens=2_310,
    context_tokens=2_048,
    answer_tokens=256,
    fits=False,
    losses=(Loss("“Write a sieve” and its answer", 412), Loss("log.txt, lines 41 to 120", 230)),
    least_tokens=1_700,
    can_trim=True,
    can_summarise=True,
    leaves_messages=True,
    raised_tokens=4_096,
)
NOTHING = Fit(2_310, 2_048, 256, fits=False, least_tokens=2_300, raised_tokens=4_096)


@pytest.fixture
def ask(qtbot):
    def ask(fit):
        dialog = OverflowDialog(fit)
        qtbot.addWidget(dialog)
        heard = []
        dialog.chosen.connect(lambda choice, kept: heard.append((choice, kept)))
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog, heard

    return ask


def offers(dialog):
    return {
        button.objectName(): button.text()
        for button in dialog.findChildren(QAbstractButton)
        if button.objectName().startswith("overflow")
    }


def words(dialog):
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def press(qtbot, dialog, name):
    qtbot.mouseClick(dialog.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def test_it_shows_the_numbers_and_what_would_be_left_out(ask):
    dialog, _ = ask(FIT)
    text = words(dialog)
    assert "2,310 tokens" in text
    assert "2,048" in text
    assert "256" in text
    assert "1,792 fit" in text
    items = [dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())]
    assert [(item.text(0), item.text(1)) for item in items] == [
        ("“Write a sieve” and its answer", "412 tokens"),
        ("log.txt, lines 41 to 120", "230 tokens"),
    ]
    assert all(
        control.accessibleName() and control.toolTip()
        for control in (*dialog.findChildren(QAbstractButton), dialog.list)
        if control.objectName() and not control.objectName().startswith("qt_")
    )


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("overflowTrim", OverflowChoice.TRIM),
        ("overflowSummarise", OverflowChoice.SUMMARISE),
        ("overflowRaise", OverflowChoice.RAISE),
    ],
)
def test_each_button_says_what_it_does_and_can_be_remembered(ask, qtbot, name, choice):
    for is_kept in (False, True):
        dialog, heard = ask(FIT)
        dialog.remember.setChecked(is_kept)
        press(qtbot, dialog, name)
        assert heard == [(choice, is_kept)]


def test_closing_is_cancelling(ask, qtbot):
    dialog, heard = ask(FIT)
    press(qtbot, dialog, "overflowCancel")
    assert heard == [(OverflowChoice.CANCEL, False)]
    dialog, heard = ask(FIT)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert heard == [(OverflowChoice.CANCEL, False)]


def test_enter_leaves_out(ask, qtbot):
    dialog, heard = ask(FIT)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert heard == [(OverflowChoice.TRIM, False)]


def test_what_is_not_possible_is_not_offered_and_the_reason_is_said(ask):
    dialog, _ = ask(NOTHING)
    assert set(offers(dialog)) == {"overflowCancel", "overflowRaise"}
    assert "would not be enough" in words(dialog)
    base = Fit(
        2_310, 2_048, 256, fits=False, losses=FIT.losses, can_trim=True, leaves_messages=True
    )
    dialog, _ = ask(base)
    assert set(offers(dialog)) == {"overflowCancel", "overflowTrim"}
    assert "base model" in words(dialog)
    assert "not enough free memory" in words(dialog)
    dialog, _ = ask(replace(base, trained_tokens=2_048))
    assert "this model was trained for 2,048 tokens" in words(dialog)
