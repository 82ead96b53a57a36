"""What text is, for every room.

Markdown, file encodings and other facts about text live here: pure, no I/O, no threads. Any room
above may import this one, widgets too; it imports `core` only.
"""
