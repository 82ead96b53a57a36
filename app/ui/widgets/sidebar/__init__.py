"""The left side: the chats, search, and links to other parts of the program."""
