"""Bringing a workbook up to its case and procedure, keeping everything a person did."""
