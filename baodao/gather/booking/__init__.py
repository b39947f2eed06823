"""Rooms lent and groups received: somebody takes a place for a time, for herself or for her organization. The slot is the keeper's; the
place is given to one at a time (gather/placing.py)."""
