"""Pages of people: the way in (portal), and a person's own pages (portal and desk)."""

from . import entering, mine  # noqa: F401
