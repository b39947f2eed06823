"""What `baodao dump` prints of places."""

from baodao.ledger.caches import register_state

from .models import Border, Grid

register_state(Border, key=("org_id",))
register_state(Grid, key=("code",))
