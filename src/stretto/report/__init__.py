"""What a piece, or a folder of them, is like beside real music: the page, its plots, and the same as JSON."""
