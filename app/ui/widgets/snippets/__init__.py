"""The snippets: a window beside the chat."""
