"""Page, picture and sound of a Score."""
