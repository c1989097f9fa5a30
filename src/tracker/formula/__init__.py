"""Spreadsheet formulas that Python can evaluate too: one definition, two uses."""
