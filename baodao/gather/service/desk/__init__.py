"""The desk's pages of service: the community's, the unit's, standing posts, one member's points for the named post."""

from . import community, keeper, posts, unit  # noqa: F401
