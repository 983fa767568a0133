"""One network a file, in torch, for training."""
