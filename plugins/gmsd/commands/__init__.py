"""One module for each subject of the `gmsd` command; heavy imports wait until a command runs."""
