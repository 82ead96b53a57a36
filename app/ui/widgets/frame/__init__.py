"""What stands where in the window, and the keys of what is out of sight."""
