"""Spreadsheet formulas that Python can work out too: one definition, two uses."""
