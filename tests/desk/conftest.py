"""The desk's pages about a district stand on the scene of matters: organizations, posts, a request or a whistle."""

from tests.matters.conftest import cast, opened, packs

__all__ = ["cast", "opened", "packs"]
