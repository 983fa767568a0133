"""The networks in NumPy alone, step by step: what composing runs on."""
