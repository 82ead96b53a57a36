"""Markdown, read by CommonMark's rules and GitHub's for tables, whole or as it streams.

`reader.py` reads a text into blocks and code; `answers.py` answers questions about whole texts;
`html.py` makes HTML of blocks. Whoever shows, keeps, cuts or counts an answer knows its Markdown
from here.
"""
