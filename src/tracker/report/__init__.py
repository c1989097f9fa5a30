"""Status reports: a view model of plain values, and its rendering in each format."""
