"""Dialogs that belong to no other place."""
