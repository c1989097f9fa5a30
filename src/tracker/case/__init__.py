"""The case description: read, checked and written."""
