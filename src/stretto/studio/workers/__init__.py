"""The work, and the processes that do it: a queue, who waits, and what may die without harm."""
