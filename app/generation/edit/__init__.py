"""Changes to code: which lines, how a model is asked for them, and how its answer goes in."""
