from string import ascii_lowercase


def is_pangram(text: str) -> bool:
    """Tell whether every letter of the alphabet occurs."""
    letters = set(text.lower())
    return set(ascii_lowercase) <= lettersWrite a Python function that reverses a string.
import os