"""From a command line to a window: the display, Qt's libraries, one instance, the loop."""
