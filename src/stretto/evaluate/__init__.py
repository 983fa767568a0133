"""Numbers about music: arrays, Scores and callables in, figures out."""
