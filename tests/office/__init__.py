"""Real programs over the product's files: LibreOffice, a PDF printer and a browser.

`calc` recalculates and compares, `edits` changes workbooks as a person would, `pages` makes pictures.
"""
