"""The middle of the window: messages, what they are made of, and finding words in them."""
