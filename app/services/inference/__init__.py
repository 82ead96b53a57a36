"""Loaded models: the thread that runs one, and what counts tokens with it."""
