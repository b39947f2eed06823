"""The interface's part of the canonical dump: partners are truth, and so is what of a fact was sent. A cipher is no state."""

from baodao.ledger.caches import register_state

from .models import Delivery, Partner

register_state(Partner, key=("code",), exclude=("secret_key", "secret"))
register_state(
    Delivery, key=("partner", "fact"), exclude=("id", "lease", "lease_until", "next_try", "attempts")
)
