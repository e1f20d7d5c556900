"""One module for each subject of the `gmsd` command; heavy imports wait until a command runs.

Not here: anything that a DAG or a page needs too; a command reads its options, calls a room and prints.
"""
