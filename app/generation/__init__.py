"""Pure text and token logic: templates, assembly of bytes into text, code fences, languages.

Services and adapters use it. It never starts threads, reads files (but for the schemas among
the resources) or loads a model.
"""
