"""`/api`: what the page asks for its pieces."""
