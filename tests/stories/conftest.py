"""The town of the stories, and the five districts."""

from tests.support.districts import districts
from tests.support.town import street, town
from tests.support.whistles import square

__all__ = ["districts", "square", "street", "town"]
