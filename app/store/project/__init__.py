"""The user's project folder: which of its files may be read, by `.gitignore` and for secrets."""
