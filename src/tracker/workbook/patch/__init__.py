"""Changing single cells of a person's own workbook: the only place that edits XML."""
