"""Background work: its rows, its workers, and what happens when these are killed."""
