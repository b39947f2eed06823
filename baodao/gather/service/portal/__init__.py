"""The member's own pages of service, and what everybody may read: standing posts with their duties, the keys of certificates."""

from . import mine, posts, record  # noqa: F401
