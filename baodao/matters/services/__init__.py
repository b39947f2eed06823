"""Every write of matters: `open_` (matter.open), `act` (matter.act), `lapse` (matter.lapse), `replay`
(matter.replay), `migrate` (matter.migrate)."""

from .acting import Moved, act, lapse
from .intake import Contact, Draft, Taken, open_
from .migrating import migrate
from .replaying import Past, replay

__all__ = ["Contact", "Draft", "Moved", "Past", "Taken", "act", "lapse", "migrate", "open_", "replay"]
