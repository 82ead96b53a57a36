"""The command line: words to services, events to the terminal.

Built by `bootstrap`. It never touches engines.
"""
