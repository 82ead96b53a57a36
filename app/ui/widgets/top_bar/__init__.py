"""The bar at the top: the model, the language, and switches."""
