"""Fill in the middle: the hole, what is read around it, and the shape of the answer."""
