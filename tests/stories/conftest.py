"""The town of the stories, and the five districts."""

from tests.support.districts import districts
from tests.support.town import street, town

__all__ = ["districts", "street", "town"]
