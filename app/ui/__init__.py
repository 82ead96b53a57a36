"""The window.

`window` wires and decides nothing; widgets know Qt and no services, presenters services and no Qt.
"""
