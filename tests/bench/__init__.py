"""Measurements for `make bench`: ratios side by side in one run, as machines differ and drift."""
