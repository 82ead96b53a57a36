"""Presenters: services on one side, calls to a view on the other.

They know no Qt, so their tests need none.
"""
