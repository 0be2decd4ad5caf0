"""The pages of agreement: its numbers, what they are made of, and its report as files."""
