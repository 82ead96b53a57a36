"""The code panel: tabs of code, what can be done with them, and what is said of them."""
