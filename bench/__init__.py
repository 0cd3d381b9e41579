"""Benchmarks: our servers beside others, measured in the same run on the same machine."""
