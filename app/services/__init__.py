"""Use cases on asyncio: inference, models, generation, chats.

Window, server and command line use it. It knows no Qt and no HTTP.
"""
