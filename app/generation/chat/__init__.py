"""Chats as a model reads them: prompts, templates, what fits, and the formats of an answer."""
