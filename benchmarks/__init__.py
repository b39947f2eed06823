"""Benchmarks: CPU per operation (web process + its database backend), statements, and ratios taken in one run. Never run as tests."""
