"""The drawn district of the matters' tests."""

from tests.matters.conftest import cast, packs  # noqa: F401
