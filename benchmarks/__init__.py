"""Benchmarks: each figure stands beside its floor, measured in the same run, as a ratio."""
