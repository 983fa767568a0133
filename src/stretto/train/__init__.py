"""Recipes, training loop and checkpoints."""
