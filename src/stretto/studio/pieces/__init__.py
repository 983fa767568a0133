"""Pieces as the page works on them: notes that have names, edits, printed pages, files, and where all is kept."""
