"""Score: notes, time, and every file format in and out."""
