"""What is said of a piece on the page: its faults, what surprises the network, what is known music."""
