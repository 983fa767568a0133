"""A Score as arrays that a network can read, and back."""
