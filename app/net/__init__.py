"""The one door outside.

Decides which hosts may be reached (policy) and makes every HTTP client. It never opens a connection that the policy refuses.
"""
