"""The hour before the show: what will be needed is tried, row by row. `checks` is the order of the rows."""
