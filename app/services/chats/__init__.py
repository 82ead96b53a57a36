"""Chats as they survive: the open ones, archives, where answers came from, rescue of a history."""
