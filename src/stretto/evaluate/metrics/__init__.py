"""Numbers about one piece or a set of pieces, one module for each family, each with its source."""
