"""Folders of files as pieces and splits."""
