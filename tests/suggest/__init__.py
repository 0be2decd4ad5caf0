"""The suggesters: one contract, and what each finds."""
