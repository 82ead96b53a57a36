"""The lower left: the project's folder is chosen, named and left there."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from app.ui.widgets.sidebar.sidebar_links import SidebarLinks


@pytest.fixture
def links(qtbot):
    widget = SidebarLinks()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_without_a_folder_a_click_asks_for_one(links, qtbot):
    with qtbot.waitSignal(links.project_requested):
        links.findChild(QPushButton, "openProject").click()


def test_with_a_folder_it_is_named_and_can_be_left(links, qtbot):
    links.show_project(Path("/home/someone/shop"))
    button = links.findChild(QPushButton, "openProject")
    assert button.accessibleName() == "Project: shop"
    assert str(Path("/home/someone/shop")) in button.toolTip()
    button.click()
    (menu,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    another, leave, seen = menu.actions()
    for action, signal in (
        (another, links.project_requested),
        (leave, links.project_left),
        (seen, links.seen_requested),
    ):
        with qtbot.waitSignal(signal):
            action.trigger()
    menu.close()
    links.show_project(None)
    assert button.accessibleName() == "Project"
