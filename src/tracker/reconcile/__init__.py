"""Reconciling: what a read workbook says about its case, what changed in it, and what is wrong."""
