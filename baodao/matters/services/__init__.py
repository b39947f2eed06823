"""Every write of matters: `open_` (matter.open), `act` (matter.act), `lapse` (matter.lapse), `merge` (matter.merge), `replay`
(matter.replay), `migrate` (matter.migrate)."""

from .acting import Moved, act, lapse
from .intake import Contact, Draft, Taken, open_
from .merging import Likes, merge
from .migrating import migrate
from .replaying import Past, replay

__all__ = [
    "Contact",
    "Draft",
    "Likes",
    "Moved",
    "Past",
    "Taken",
    "act",
    "lapse",
    "merge",
    "migrate",
    "open_",
    "replay",
]
