"""`/v1`: the verbs for programs."""
