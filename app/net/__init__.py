"""The one door outside.

Decides which hosts may be reached and makes every HTTP client. Empty until the first remote
endpoint is built: today nothing in the program opens a connection to another machine.
"""
