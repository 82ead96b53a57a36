"""What a person sees of a chat while it is loaded, written, stopped and broken."""

import pytest
from hands import Stillness
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from said import said
from shiboken6 import isValid

from app.core.errors import AppError
from app.core.events import FinishReason
from app.core.messages import Role
from app.ui.widgets.conversation.code_block import CodeAction, CodeBlock
from app.ui.widgets.conversation.conversation import COLUMN_PX, Conversation
from app.ui.widgets.conversation.message_actions import MessageAction
from app.ui.widgets.conversation.message_view import AnswerMessage, UserMessage
from app.ui.widgets.conversation.prose_block import ProseBlock

ANSWER = "Use **this**:\n\n```python\ndef f():\n    return 1\n```\n\nIt returns `1`.\n"


@pytest.fixture
def chat(qtbot):
    view = Conversation()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    return view


def is_label_of_code(label):
    return label.isHidden() or label.parent().objectName() == "codeBlockHead"


def words(chat):
    """Return the words a person can see, block by block."""
    shown = []
    for message in chat.messages():
        for block in [message, *message.findChildren(object)]:
            if isinstance(block, ProseBlock):
                shown.append(block.toPlainText())
            elif isinstance(block, CodeBlock):
                shown.append(block.view.text())
            elif isinstance(block, QLabel) and not is_label_of_code(block) and block.text():
                shown.append(block.text())
    return shown


def write(chat, text, size=3):
    chat.begin_answer(said(Role.ASSISTANT))
    for start in range(0, len(text), size):
        chat.append(text[start : start + size])


def test_an_empty_chat_offers_four_prompts(chat, qtbot):
    chat.empty.set_examples(["Write one", "Write two", "Write three", "Write four"])
    examples = chat.empty.findChildren(QPushButton)
    assert len(examples) == 4
    assert all(button.accessibleName() for button in examples)
    with qtbot.waitSignal(chat.example_chosen) as chosen:
        qtbot.mouseClick(examples[0], Qt.MouseButton.LeftButton)
    assert chosen.args == [examples[0].accessibleName()]


def test_the_users_words_are_shown_exactly(chat):
    text = "<b>not bold</b>\n  *as typed*"
    chat.add_question(said(Role.USER, text))
    assert words(chat) == [text]
    assert not chat.empty.isVisible()


def test_an_answer_appears_by_itself_while_it_is_written(chat, qtbot):
    write(chat, ANSWER)
    qtbot.waitUntil(lambda: "It returns 1." in words(chat))
    assert words(chat) == ["Use this:", "def f():\n    return 1", "It returns 1."]


def test_streamed_and_loaded_answers_look_the_same(chat):
    write(chat, ANSWER)
    chat.finish()
    streamed = words(chat)
    chat.load([said(Role.ASSISTANT, ANSWER)])
    assert words(chat) == streamed


def test_the_text_of_an_answer_is_kept_to_the_letter(chat):
    write(chat, ANSWER)
    chat.finish()
    assert chat.messages()[0].text() == ANSWER


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        (FinishReason.CANCELLED, "Stopped."),
        (FinishReason.LENGTH, "The answer was cut at its token limit."),
        (FinishReason.CONTEXT, "The answer was cut because the context is full."),
    ],
)
def test_an_early_end_says_why(chat, reason, note):
    write(chat, "Half an answ")
    chat.finish(reason)
    assert words(chat) == ["Half an answ", note]


def test_a_failure_keeps_the_partial_answer_and_offers_another_try(chat, qtbot):
    write(chat, "Half an answ")
    chat.fail(AppError("The engine ended.", hint="Ask again."))
    assert words(chat) == ["Half an answ", "The engine ended.", "Ask again."]
    retry = chat.findChild(QPushButton, "retry")
    with qtbot.waitSignal(chat.retry_requested):
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)


def test_a_problem_of_something_else_lets_the_answer_go_on(chat):
    write(chat, "Half an answ")
    chat.show_problem(AppError("b.gguf is empty.", hint="Download or copy it again."))
    chat.append("er, and the rest")
    chat.finish()
    said = words(chat)
    assert said == [
        "Half an answer, and the rest",
        "b.gguf is empty.",
        "Download or copy it again.",
    ]
    assert chat.findChild(QPushButton, "retry") is None


def test_an_answer_that_nobody_writes_any_more_has_ended(chat):
    write(chat, "Half an answ")
    chat.set_busy(is_busy=False)
    chat.append("er")
    chat.finish()
    assert words(chat) == ["Half an answ"]


def test_activity_shows_until_the_first_text(chat):
    chat.begin_answer(said(Role.ASSISTANT))
    chat.show_activity("Reading the prompt, 120 of 500 tokens")
    assert "Reading the prompt, 120 of 500 tokens" in words(chat)
    chat.append("Now")
    chat.flush()
    assert words(chat) == ["Now"]


def test_code_can_be_copied_and_sent_to_the_panel(chat, qtbot):
    chat.load([said(Role.ASSISTANT, ANSWER, 7)])
    qtbot.mouseClick(chat.findChild(QToolButton, "copyBlock"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "def f():\n    return 1"
    with qtbot.waitSignal(chat.code_requested) as sent:
        qtbot.mouseClick(chat.findChild(QToolButton, "toPanel"), Qt.MouseButton.LeftButton)
    assert sent.args == [CodeAction.PANEL, "def f():\n    return 1", "python", 7]


def test_links_are_reported_and_never_opened(chat, qtbot):
    chat.load([said(Role.ASSISTANT, "[docs](https://example.org/a)")])
    prose = chat.findChild(ProseBlock)
    with qtbot.waitSignal(chat.link_activated) as link:
        prose.anchorClicked.emit("https://example.org/a")
    assert link.args == ["https://example.org/a"]
    assert prose.source().isEmpty()


def test_the_view_follows_the_end_only_when_it_is_there(chat, qtbot):
    bar = chat.verticalScrollBar()
    chat.load([said(Role.ASSISTANT, "line\n\n" * 60)])
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    high = bar.maximum()
    write(chat, "more\n\n" * 30, size=50)
    qtbot.waitUntil(lambda: bar.maximum() > high and bar.value() == bar.maximum())
    bar.setValue(10)
    high = bar.maximum()
    chat.append("again\n\n" * 30)
    qtbot.waitUntil(lambda: bar.maximum() > high)
    assert bar.value() == 10


def test_a_long_chat_shows_its_end_first_and_all_of_it_soon(chat, qtbot):
    chat.load([said(Role.USER, f"Question {number}", number) for number in range(80)])
    assert words(chat)[-1] == "Question 79"
    assert len(words(chat)) < 80
    qtbot.waitUntil(lambda: words(chat) == [f"Question {number}" for number in range(80)])
    bar = chat.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())


def test_the_column_stays_readable_in_a_wide_window(chat, qtbot):
    chat.resize(2000, 600)
    chat.load([said(Role.USER, "Hi"), said(Role.ASSISTANT, "word " * 200)])
    qtbot.waitUntil(lambda: chat.messages()[1].width() == COLUMN_PX)


def test_no_prose_block_hides_its_last_line(chat, qtbot):
    chat.load([said(Role.ASSISTANT, "word " * 400 + "\n\n- a\n- b\n")])
    chat.resize(420, 600)
    block = chat.findChild(ProseBlock)
    qtbot.waitUntil(lambda: block.width() < 400)
    assert block.height() >= block.document().size().height()


def test_clearing_returns_to_the_empty_chat(chat):
    chat.add_question(said(Role.USER, "Hi"))
    write(chat, "Half")
    chat.clear()
    chat.append(" more")
    chat.flush()
    assert words(chat) == []
    assert chat.empty.isVisible()


def test_kinds_of_messages(chat):
    chat.load([said(Role.SYSTEM, "Be short"), said(Role.USER, "Hi"), said(Role.ASSISTANT, "Yes")])
    assert [type(view) for view in chat.messages()] == [UserMessage, AnswerMessage]


def test_late_text_of_a_closed_chat_does_not_enter_the_next(chat):
    write(chat, "old")
    chat.clear()
    chat.append(" stray")
    write(chat, "new")
    chat.finish()
    assert words(chat) == ["new"]


def long_chat(count):
    prose = "A sentence that is long enough to wrap in a narrow window, number {}. " * 6
    return [said(Role.ASSISTANT, prose.replace("{}", str(n))) for n in range(count)]


def is_wrapped(block):
    return abs(block.height() - block.document().size().height()) < 2


def test_every_message_wraps_anew_in_a_narrower_window(chat, qtbot):
    chat.load(long_chat(40))
    qtbot.waitUntil(lambda: len(chat.messages()) == 40)
    blocks = chat.findChildren(ProseBlock)
    before = [block.height() for block in blocks]
    chat.resize(420, 600)
    qtbot.waitUntil(lambda: all(block.height() > old for block, old in zip(blocks, before)))  # noqa: B905
    qtbot.waitUntil(Stillness(chat))
    assert all(is_wrapped(block) for block in blocks)


def test_what_the_user_reads_stays_in_place_while_earlier_messages_wrap(chat, qtbot):
    chat.load(long_chat(40))
    qtbot.waitUntil(lambda: len(chat.messages()) == 40)
    qtbot.waitUntil(Stillness(chat))
    bar = chat.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    chat.resize(640, 600)
    read = next(m for m in chat.messages() if not m.visibleRegion().isEmpty())
    qtbot.waitUntil(lambda: not any(b.is_stale for b in chat.findChildren(ProseBlock)))
    qtbot.waitUntil(Stillness(chat))
    assert not read.visibleRegion().isEmpty()


def dialogue():
    return [
        said(Role.USER, "Question", 1),
        said(Role.ASSISTANT, "Answer", 2, alternatives=(7, 2, 8)),
    ]


def test_a_message_is_acted_on_with_the_keyboard(chat, qtbot):
    chat.load(dialogue())
    qtbot.wait(20)  # the actions rest at the last answer, which is none of the keyboard's
    qtbot.keyClick(chat, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    bar = chat.findChild(QFrame, "messageActions")
    assert bar.isVisible()
    copy = chat.findChild(QToolButton, "message-copy")
    assert copy.hasFocus()
    qtbot.keyClick(copy, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "Answer"
    qtbot.keyClick(copy, Qt.Key.Key_Right)
    assert chat.findChild(QToolButton, "message-regenerate").hasFocus()
    again = chat.findChild(QToolButton, "message-regenerate")
    with qtbot.waitSignal(chat.action_requested) as wish:
        again.click()
    assert wish.args == [MessageAction.REGENERATE, 2]
    assert not bar.isVisible()


def test_a_question_offers_no_other_answer_and_nothing_while_busy(chat, qtbot):
    chat.load(dialogue())
    chat.set_busy(is_busy=True)
    for _ in range(2):
        qtbot.keyClick(chat, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert chat.findChild(QToolButton, "message-regenerate").isHidden()
    assert not chat.findChild(QToolButton, "message-delete").isEnabled()
    assert chat.findChild(QToolButton, "message-copy").isEnabled()


def test_the_arrows_walk_through_versions(chat, qtbot):
    chat.load(dialogue())
    assert "2 / 3" in words(chat)
    with qtbot.waitSignal(chat.step_requested) as wish:
        chat.findChild(QToolButton, "versionBefore").click()
    assert wish.args == [2, -1]


def test_a_message_is_edited_in_its_place(chat, qtbot):
    chat.load(dialogue())
    question = chat.messages()[0]
    qtbot.waitUntil(question.isVisible)
    question.edit()
    editor = chat.findChild(QPlainTextEdit, "messageText")
    assert editor.toPlainText() == "Question"
    assert not question.prose.isVisible()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert question.prose.isVisible()
    question.edit()
    editor = question.findChildren(QPlainTextEdit, "messageText")[-1]
    qtbot.keyClicks(editor, ", again")  # at its end
    with qtbot.waitSignal(chat.edited) as saved:
        qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert saved.args == [1, "Question, again", False]


def test_an_edited_message_is_as_tall_as_its_lines_are_where_they_stand(chat, qtbot):
    text = "Write a function that checks whether a number is prime, and say why it is right. " * 2
    chat.load([said(Role.USER, text, 1)])
    chat.messages()[0].edit()
    editor = chat.findChild(QPlainTextEdit, "messageText")
    for width in (700, 420, 700):
        chat.resize(width, 500)
        qtbot.wait(20)
        lines = editor.document().firstBlock().layout().lineCount()
        assert editor.height() >= lines * editor.fontMetrics().lineSpacing()
        assert editor.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("reason", [FinishReason.LENGTH, FinishReason.CONTEXT])
def test_an_answer_at_its_limit_can_be_continued(chat, qtbot, reason):
    chat.load(dialogue())
    chat.show_ending(reason)
    go_on = chat.findChild(QPushButton, "continueAnswer")
    with qtbot.waitSignal(chat.action_requested) as wish:
        go_on.click()
    assert wish.args == [MessageAction.CONTINUE, 2]
    chat.resume_answer(said(Role.ASSISTANT, "Answer", 2))
    chat.append(" and more")
    chat.finish()
    assert words(chat) == ["Question", "Answer and more"]


def test_a_found_message_comes_into_sight(chat, qtbot):
    chat.load([said(Role.USER, f"Question {number}", number) for number in range(80)])
    chat.show_message(3)
    qtbot.waitUntil(lambda: is_in_sight(chat, 3))


def is_in_sight(chat, message_id):
    views = (view for view in chat.messages() if view.message.id == message_id)
    return any(not view.visibleRegion().isEmpty() for view in views)


def test_a_found_message_far_back_does_not_hold_the_window_up(chat, qapp, qtbot):
    """Those behind it are drawn one after the other, as when the chat is opened."""
    answer = "```python\nx = 1\n```\n" * 2
    chat.load([said(Role.ASSISTANT, answer, number) for number in range(60)])
    before = len(chat.messages())
    chat.show_message(3)
    assert len(chat.messages()) == before
    for step in range(1, 5):
        qapp.processEvents()
        assert len(chat.messages()) <= before + step
    qtbot.waitUntil(lambda: is_in_sight(chat, 3), timeout=30_000)
    qtbot.waitUntil(lambda: len(chat.messages()) == 60, timeout=30_000)
    qtbot.wait(50)
    assert is_in_sight(chat, 3)  # what came above it moved nothing


def test_whoever_scrolls_is_not_taken_to_what_was_found_before(chat, qapp, qtbot):
    chat.load([said(Role.USER, f"Question {number}", number) for number in range(200)])
    qtbot.wait(1)
    chat.show_message(3)
    assert not is_in_sight(chat, 3)
    place = QPointF(chat.viewport().rect().center())
    wheel = QWheelEvent(
        place,
        chat.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chat.viewport(), wheel)
    qtbot.waitUntil(lambda: len(chat.messages()) == 200, timeout=30_000)
    qtbot.wait(50)
    assert not is_in_sight(chat, 3)


def test_a_narrow_code_block_keeps_what_is_most_needed_and_a_menu(chat, qtbot):
    chat.name_editor("VS Code")
    chat.load([said(Role.ASSISTANT, "```python\nx = 1\n```\n", 2)])
    chat.resize(700, 400)
    chat.show()
    open_outside = chat.findChild(QToolButton, "openBlock")
    assert open_outside.toolTip() == "Open in VS Code"
    qtbot.waitUntil(open_outside.isVisible)
    chat.resize(300, 400)
    qtbot.waitUntil(open_outside.isHidden)
    assert not chat.findChild(QToolButton, "copyBlock").isHidden()
    assert chat.findChild(CodeBlock).width() <= 300
    chat.findChild(QToolButton, "moreOfBlock").click()
    menu = chat.findChild(QMenu)
    act = next(act for act in menu.actions() if act.text() == "Open in VS Code")
    with qtbot.waitSignal(chat.code_requested) as wish:
        act.trigger()
    assert wish.args[0] is CodeAction.OPEN
    menu.close()


def test_the_actions_rest_at_the_last_answer_and_follow_it(chat, qtbot):
    chat.load(dialogue())
    bar = chat.findChild(QFrame, "messageActions")
    qtbot.waitUntil(bar.isVisible)
    regenerate = chat.findChild(QToolButton, "message-regenerate")
    assert regenerate.text() == "Regenerate"
    foot = chat.findChild(QWidget, "messageFoot")
    chat.resize(chat.width() + 90, chat.height())
    middles = [w.mapTo(chat, w.rect().center()).y() for w in (bar, foot)]
    qtbot.waitUntil(lambda: abs(middles[0] - middles[1]) <= 1)
    chat.set_busy(is_busy=True)
    assert not bar.isVisible()


def test_a_walk_begins_with_the_last_message_though_the_bar_rests_there(chat, qtbot):
    chat.load(dialogue())
    qtbot.waitUntil(lambda: chat._tools.bar.target is chat.messages()[-1])
    chat.walk(-1)
    assert chat._tools.bar.target is chat.messages()[-1]
    qtbot.waitUntil(lambda: chat._tools.bar.has_focus)
    chat.walk(-1)
    assert chat._tools.bar.target is chat.messages()[-2]


def test_an_empty_chat_begins_at_its_top(qtbot):
    widget = Conversation()
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    widget.show()
    qtbot.waitUntil(lambda: widget.verticalScrollBar().maximum() > 0)
    qtbot.wait(20)
    assert widget.verticalScrollBar().value() == 0


def test_a_message_that_belongs_to_no_answer_can_be_closed(chat, qtbot):
    chat.show_notice("a.py is already attached.")
    chat.show_problem(AppError("bad.gguf is empty.", hint="Copy it again."), about="model")
    chat.show_problem(AppError("worse.gguf is empty.", hint="Copy it again."), about="model")
    cards = chat.messages()
    assert [card.accessibleName() for card in cards] == [
        "a.py is already attached.",
        "worse.gguf is empty. Copy it again.",
    ]
    qtbot.wait(20)
    for card in cards:
        qtbot.mouseClick(card.findChild(QToolButton, "closeCard"), Qt.MouseButton.LeftButton)
    assert chat.messages() == []
    assert chat.empty.isVisible()
    chat.show_problem(AppError("bad.gguf is empty."), about="model")
    chat.show_problem(AppError("The disk is full."))
    chat.clear_problem("model")
    assert [card.accessibleName() for card in chat.messages()] == ["The disk is full."]


def test_the_messages_of_a_long_chat_go_a_few_at_a_time(chat, qtbot):
    chat.load([said(Role.USER, f"Question {n}", n) for n in range(40)])
    qtbot.waitUntil(lambda: len(chat.messages()) == 40)
    views = chat.messages()
    chat.load([said(Role.USER, "Another chat", 50)])
    assert [view.text() for view in chat.messages()] == ["Another chat"]
    assert not any(view.isVisible() for view in views)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # those of one turn
    assert 0 < sum(map(isValid, views)) < 40
    qtbot.waitUntil(lambda: not any(map(isValid, views)))


def test_an_answer_of_many_pieces_goes_a_few_at_a_time_also_while_it_is_drawn(chat, qtbot):
    chat.load([said(Role.ASSISTANT, "a\n\n```py\nx = 1\n```\n\n" * 40, 1)])
    pieces = chat.findChildren(CodeBlock)
    assert chat.messages()[0].body.is_busy
    chat.load([said(Role.USER, "Another chat", 2)])
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # those of one turn
    assert any(map(isValid, pieces))
    qtbot.waitUntil(lambda: not chat.findChildren(CodeBlock))
    assert not any(map(isValid, pieces))
    assert [view.text() for view in chat.messages()] == ["Another chat"]
