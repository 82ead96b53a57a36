"""What must survive: chats in SQLite, settings, secrets.

Services use it. It never talks to the network.
"""
