"""Reconciling: what a workbook shows about its case, what changed in it, and what is wrong."""
