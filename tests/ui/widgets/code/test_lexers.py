"""A language's lexer is made on another thread; until it is there, code is plain."""

import pytest

from app.services.threads import start_thread
from app.ui.widgets.code import token_kinds
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.code.lexers import Lexers

CODE = 'def f(x):\n    return "x"\n'


@pytest.fixture
def lexers(monkeypatch):
    """Lexers of which none is made yet."""
    fresh = Lexers()
    monkeypatch.setattr(token_kinds, "LEXERS", fresh)
    return fresh


def test_code_is_plain_until_its_lexer_is_made_on_another_thread(lexers, qtbot):
    lexers.begin()
    views = [_shown(qtbot, word) for word in ("python", "py", "unheard-of")]
    assert not any(map(_is_coloured, views))
    thread = start_thread("lexers", lexers.work)
    qtbot.waitUntil(lambda: all(map(_is_coloured, views[:2])))
    assert not _is_coloured(views[2])
    assert _is_coloured(_shown(qtbot, "python"))  # from now on at once
    lexers.end()
    thread.join(10)
    assert not thread.is_alive()


def test_text_that_comes_while_the_lexer_is_made_is_coloured_too(lexers, qtbot):
    lexers.begin()
    view = _shown(qtbot, "python")
    view.append_text("while True: pass\n")
    thread = start_thread("lexers", lexers.work)
    qtbot.waitUntil(lambda: bool(view.document().findBlockByNumber(2).layout().formats()))
    lexers.end()
    thread.join(10)


def test_where_nobody_makes_lexers_they_are_made_when_wanted(lexers, qtbot):
    assert _is_coloured(_shown(qtbot, "python"))


def test_a_view_that_goes_while_its_lexer_is_made_is_no_fault(lexers, qtbot):
    lexers.begin()
    view = _shown(qtbot, "python")
    view.deleteLater()
    thread = start_thread("lexers", lexers.work)
    other = _shown(qtbot, "python")
    qtbot.waitUntil(lambda: _is_coloured(other))
    lexers.end()
    thread.join(10)


def _shown(qtbot, language):
    view = CodeView()
    qtbot.addWidget(view)
    view.set_language(language)
    view.set_text(CODE)
    return view


def _is_coloured(view):
    return bool(view.document().firstBlock().layout().formats())
