"""What can still be read of a damaged history, brought over into a new file.

Knock at `rescue`, in a child process. `salvage` reads rows through SQLite within bounds, `pages`
finds them in the file itself where no tree leads to them, `rescuing` writes the new history.
"""

from app.store.rescue.rescuing import BYTES_PER_S, LEAST_S, Rescued, remove_staged, rescue

__all__ = ["BYTES_PER_S", "LEAST_S", "Rescued", "remove_staged", "rescue"]
