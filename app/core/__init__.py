"""Values and words that every room shares.

Frozen dataclasses, the engine protocol and the error tree live here. Anyone may import this
room; it imports none of ours and does no I/O, except `paths`, which names folders.
"""
