"""Notify's part of the canonical dump: both tables are truth, what was sent cannot be computed again."""

from baodao.ledger.caches import register_state

from .models import Notice, Preference

register_state(
    Notice,
    key=("fact", "digest_on", "channel", "person"),
    exclude=("id", "lease", "lease_until", "next_try", "attempts"),
)
register_state(Preference, key=("person",))
