"""The settings: the page, their rows and controls, and the settings of one chat."""
