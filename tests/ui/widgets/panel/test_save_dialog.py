"""Where code is saved: also in folders that are not there yet."""

from PySide6.QtWidgets import QFileDialog, QWidget

from app.ui.widgets.controls.questions import ask_save


def test_a_name_with_folders_that_are_not_there_yet_can_be_taken(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    chosen = []
    ask_save(parent, "Save code", ".github/workflows/ci.yml", chosen.append)
    parent.findChild(QFileDialog).accept()
    qtbot.waitUntil(lambda: bool(chosen))
    assert chosen[0].parts[-3:] == (".github", "workflows", "ci.yml")
