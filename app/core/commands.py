"""What a user can do, by name: the one place where a command's words, keys and tip are written.

Buttons, tooltips, menus, the palette, the sheet of keys, hints and the README say what stands
here. Who does a command is not said here; see `app.ui.widgets.controls.commands`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do: what the palette calls it, and its keys as Qt writes them in a program.

    `tip` is what a control that does it says of itself, where that is more than its words.
    """

    group: str
    words: str
    keys: str = ""
    tip: str = ""

    @property
    def says(self) -> str:
        """Return what a control that does this says of itself."""
        return self.tip or self.words

    @property
    def named_keys(self) -> str:
        """Return the keys by the names that stand on them, for texts without Qt."""
        return as_on_the_keys(self.keys)


def as_on_the_keys(keys: str) -> str:
    """Return Qt's name of a key as it stands on it: Enter, which Qt calls Return."""
    return keys.replace("Return", "Enter")


NEW_CHAT = Command("Chat", "New chat", "Ctrl+N", "Start a new chat")
SEARCH_CHATS = Command("Chat", "Search chats", "Ctrl+K")
WRITE_MESSAGE = Command("Chat", "Write a message", "Ctrl+J")
SEARCH_ACTIONS = Command("Chat", "Search templates and actions")
STOP_ANSWER = Command("Chat", "Stop the answer", "Esc", "Stop")
PREVIOUS_MESSAGE = Command("Chat", "Previous message", "Alt+Up")
NEXT_MESSAGE = Command("Chat", "Next message", "Alt+Down")
ATTACH_FILES = Command("Chat", "Attach files", "Ctrl+Shift+A")
ATTACH_FOLDER = Command("Chat", "Attach a folder")
REGENERATE = Command("Chat", "Regenerate", "Ctrl+R")
CONTINUE_ANSWER = Command("Chat", "Continue the answer", "Ctrl+Shift+Return")
CHOOSE_MODEL = Command("Chat", "Choose a model", "Ctrl+M")
CHOOSE_LANGUAGE = Command("Chat", "Choose a language", "Ctrl+L", "Choose the language of the code")
EXPORT_CHATS = Command("Chat", "Export all chats")
IMPORT_CHATS = Command("Chat", "Import chats")
CHAT_SETTINGS = Command("Chat", "Chat settings", "Ctrl+.")

COPY_CODE = Command("Code", "Copy", "Ctrl+Shift+C", "Copy this tab's code")
NEW_TAB = Command("Code", "New tab", "Ctrl+T")
OPEN_FILE = Command("Code", "Open file…", "Ctrl+O", "Open a file")
SAVE = Command("Code", "Save", "Ctrl+S")
SAVE_AS = Command("Code", "Save as…", "Ctrl+Shift+S")
REOPEN_WITH_ENCODING = Command("Code", "Reopen with encoding…")
SAVE_WITH_ENCODING = Command("Code", "Save with encoding…")
CLOSE_TAB = Command("Code", "Close tab", "Ctrl+W", "Close this tab")
NEXT_TAB = Command("Code", "Next tab", "Ctrl+PgDown")
PREVIOUS_TAB = Command("Code", "Previous tab", "Ctrl+PgUp")
FOCUS_CODE = Command("Code", "Focus the code panel", "Ctrl+E")
COMPARE = Command(
    "Code",
    "Compare with previous version",
    "Ctrl+D",
    "Show what changed and accept changes one by one",
)
OPEN_OUTSIDE = Command(
    "Code", "Open in your editor", "Ctrl+Shift+O", "Open at this line in your own editor"
)
SAVE_SNIPPET = Command(
    "Code", "Save as snippet", "Ctrl+Shift+K", "Save the selection, or all, as a snippet"
)
FIND = Command("Code", "Find", "Ctrl+F")
FIND_AND_REPLACE = Command("Code", "Find and replace", "Ctrl+H")
GO_TO_LINE = Command("Code", "Go to line…", "Ctrl+G")
GO_TO_ERROR = Command("Code", "Go to the first error", "F8")
TOGGLE_COMMENT = Command("Code", "Toggle comment", "Ctrl+/")
CHANGE_LANGUAGE = Command("Code", "Change language…", "Ctrl+Shift+L", "Set the language")
LARGER_TEXT = Command("Code", "Larger text", "Ctrl+=")
SMALLER_TEXT = Command("Code", "Smaller text", "Ctrl+-")
RESET_TEXT_SIZE = Command("Code", "Reset text size", "Ctrl+0")
TOGGLE_WRAP = Command("Code", "Toggle word wrap", "Alt+Z")
SUGGEST = Command("Code", "Suggest at the cursor", "Ctrl+Space", "Suggest code at the cursor")
ACCEPT_SUGGESTION = Command("Code", "Accept the suggestion", "Tab")
ACCEPT_WORD = Command("Code", "Accept the next word", "Ctrl+Right")
ACCEPT_LINE = Command("Code", "Accept the next line", "Ctrl+Down")
NEXT_SUGGESTION = Command("Code", "Next suggestion", "Alt+]")
PREVIOUS_SUGGESTION = Command("Code", "Previous suggestion", "Alt+[")
TOGGLE_SUGGESTIONS = Command("Code", "Toggle suggestions while typing")
EDIT_SELECTION = Command("Code", "Edit selection…", "Ctrl+I", "Change, explain or test this code")
EXPLAIN = Command("Code", "Explain")
ADD_DOCSTRING = Command("Code", "Add a docstring")
ADD_TYPES = Command("Code", "Add types")
WRITE_TESTS = Command("Code", "Write tests")
TRANSLATE = Command("Code", "Translate to another language…")
REPAIR = Command("Code", "Fix the first error", "Ctrl+Shift+R", "Fix with the model")
CHOOSE_PROJECT = Command("Code", "Choose the project folder")
CLOSE_PROJECT = Command("Code", "Close project folder")
SHOW_LAST_PROMPT = Command("Code", "Show the last suggestion's prompt")

SETTINGS = Command("Window", "Settings", "Ctrl+,")
TOGGLE_SIDEBAR = Command("Window", "Toggle sidebar", "Ctrl+B")
TOGGLE_PANEL = Command("Window", "Toggle code panel", "Ctrl+Alt+B")
ALL_COMMANDS = Command("Window", "All commands", "Ctrl+Shift+P")
SHOW_KEYS = Command("Window", "Keyboard shortcuts", "F1")
SNIPPETS = Command("Window", "Snippets", "Ctrl+Shift+B", "Saved snippets")
ABOUT = Command("Window", "About Starwright and the model")
QUIT = Command("Window", "Close", "Ctrl+Q")

# What works only where one is, such as a field or a menu; the palette does not offer it.
LEAVE = Command("Here", "Close", "Esc")
SEND = Command("Here", "Send", "Return", "Send the message")
NEW_LINE = Command("Here", "New line", "Shift+Return")
NEXT_PLACE = Command("Here", "Go to the next place to fill", "Tab")
SAVE_MESSAGE = Command("Here", "Save", "Ctrl+Return")
NEXT_MATCH = Command("Here", "Next match", "Return")
PREVIOUS_MATCH = Command("Here", "Previous match", "Shift+Return")
PREVIOUS_CHANGE = Command("Here", "Previous change", "Shift+F7")
NEXT_CHANGE = Command("Here", "Next change", "F7")
ACCEPT_CHANGE = Command("Here", "Accept", "Alt+Return", "Accept this change")
RENAME_CHAT = Command("Here", "Rename chat", "F2")
DELETE_CHAT = Command("Here", "Delete chat", "Del")
