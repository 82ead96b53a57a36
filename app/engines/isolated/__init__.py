"""Any engine in a child process: native code may abort, the program goes on.

Knock at `open_isolated` with a picklable factory; `ByName` names one without importing it here,
so that the window's process never loads the native library. The parent's side (`parent`) talks
with the child's (`child`) over one pipe in the words of `wire`; `app.processes` starts and ends
it. This package never imports another engine.
"""

from app.engines.isolated.parent import ByName, Isolated, open_isolated

__all__ = ["ByName", "Isolated", "open_isolated"]
