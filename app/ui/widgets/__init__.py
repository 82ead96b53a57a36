"""Qt widgets.

They know Qt and values of `core`, no services, no asyncio.
"""
