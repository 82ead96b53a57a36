"""Where the user writes: the draft, its actions, and hints about model and language."""
