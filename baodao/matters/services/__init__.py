"""Every write of matters: `open_` (matter.open), `act` (matter.act), `lapse` (matter.lapse), `replay`
(matter.replay)."""

from .acting import Moved, act, lapse
from .intake import Contact, Draft, Taken, open_
from .replaying import Past, replay

__all__ = ["Contact", "Draft", "Moved", "Past", "Taken", "act", "lapse", "open_", "replay"]
