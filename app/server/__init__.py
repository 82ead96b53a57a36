"""HTTP dialects over the services: pure wire-to-core translation.

Built by `bootstrap`. It never touches engines.
"""
