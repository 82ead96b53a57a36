"""The recipe of the built-in demo model; run its modules with `PYTHONPATH=packaging`."""
