"""Measures: counts, shares, means and percentiles over one fact kind, declared in packs, computed in the database,
each number with its numerator, denominator, exclusions, sample and position, and the way back to its facts.

Measures own no table and write nothing; `returns`, the forms of the level above filled from them, do. It must never know a shell, and never a person: who is measured is an organization.
"""
