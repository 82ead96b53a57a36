"""Pure text and token logic: templates, assembly of bytes into text, code fences, languages.

Services and adapters use it. It never starts threads, reads files or loads a model.
"""
