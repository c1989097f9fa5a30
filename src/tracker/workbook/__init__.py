"""The workbook: the only package that knows the spreadsheet libraries."""
