"""Returns (上级报表): the form of the level above, filled from facts at a ledger position, signed by two, frozen as a file; a correction
is a new version beside the old.

A form is an Excel or Word file that stays as it came, and a mapping: each cell ← a measure, a due, a count of a registry, or a hand.
It must never know a shell, and never a person: what it fills in are figures of organizations.
"""
