"""The desk's part of the canonical dump: saved views are truth, nobody can compute them again."""

from baodao.ledger.caches import register_state

from .models import SavedView

register_state(SavedView, key=("owner", "name"))
