"""Uses the window as a screen reader does; run by the system's Python, which has AT-SPI.

    dbus-run-session -- python3 without_eyes.py PROMPT PROGRAM...

Starts the program, asks PROMPT, and prints as JSON what it found and the answer that it read.
"""

import json
import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - only now does it know the version

SECONDS = 120
OPERABLE = {
    Atspi.Role.PUSH_BUTTON,
    Atspi.Role.TOGGLE_BUTTON,
    Atspi.Role.CHECK_BOX,
    Atspi.Role.COMBO_BOX,
    Atspi.Role.LIST,
    Atspi.Role.PAGE_TAB_LIST,
    Atspi.Role.ENTRY,
    Atspi.Role.TEXT,
}


def walk(node):
    """Yield a node and all below it; what goes away meanwhile is left out."""
    yield node
    try:
        children = [node.get_child_at_index(n) for n in range(node.get_child_count())]
    except GLib.Error:
        return
    for child in children:
        if child is not None:
            yield from walk(child)


def is_shown(node):
    states = node.get_state_set()
    return states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE)


def shown(window):
    """Return what is on the screen, with its role and its name."""
    found = []
    for node in walk(window):
        try:
            if is_shown(node):
                found.append((node, node.get_role(), node.get_name()))
        except GLib.Error:
            continue
    return found


def wait_for(what, find):
    """Return what `find` returns once that is something."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            found = find()
        except GLib.Error:  # it went away while it was looked at
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise SystemExit(f"{what} did not come within {SECONDS} s")


def main_window():
    desktop = Atspi.get_desktop(0)
    for n in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(n)
        if program is not None and (program.get_name() or "").lower().startswith("starwright"):
            for m in range(program.get_child_count()):
                window = program.get_child_at_index(m)
                if window is not None and window.get_name() == "Starwright":
                    return window
    return None


def named(window, role, name):
    nodes = [node for node, its, words in shown(window) if its == role and words == name]
    return nodes[0] if nodes else None


def text_of(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def has_text(node):
    return "Text" in node.get_interfaces()


def answers(window):
    """Return the words and the code that an answer shows."""
    names = ("Answer", "Python code")
    return [text_of(node) for node, _, name in shown(window) if name in names and has_text(node)]


def main():
    prompt, program = sys.argv[1], sys.argv[2:]
    environment = os.environ | {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    running = subprocess.Popen(program, env=environment)
    try:
        window = wait_for("the window", main_window)
        field = wait_for("the message field", lambda: named(window, Atspi.Role.TEXT, "Message"))
        everything = shown(window)
        nameless = [
            role.value_nick for _, role, name in everything if role in OPERABLE and not name
        ]
        wait_for("a model that is ready", lambda: "ready" in model_words(window))
        field.grab_focus()
        field.insert_text(0, prompt, len(prompt))
        send = wait_for("Send", lambda: named(window, Atspi.Role.PUSH_BUTTON, "Send"))
        wait_for("Send to be possible", lambda: can_be_pressed(send))
        send.do_action(0)
        wait_for("code in the answer", lambda: any("def " in text for text in answers(window)))
        wait_for(
            "the end of the answer",
            lambda: named(window, Atspi.Role.PUSH_BUTTON, "Send") is not None,
        )
        tabs = [name for _, role, name in shown(window) if role == Atspi.Role.PAGE_TAB]
        print(
            json.dumps(
                {
                    "nameless": nameless,
                    "buttons": [n for _, r, n in everything if r == Atspi.Role.PUSH_BUTTON],
                    "answer": answers(window),
                    "asked": [
                        text_of(node)
                        for node, _, name in shown(window)
                        if name == "You said" and has_text(node)
                    ],
                    "tabs": tabs,
                }
            )
        )
    finally:
        running.terminate()
        running.wait(20)


def can_be_pressed(button):
    return button.get_state_set().contains(Atspi.StateType.ENABLED)


def model_words(window):
    return " ".join(name for _, role, name in shown(window) if name.startswith("Model"))


if __name__ == "__main__":
    main()
