"""Adapters for loaded models, strangers to each other.

Only `bootstrap` imports them; everyone else knows the protocol in `app.core.engine`.
"""
