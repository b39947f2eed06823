"""The town of the stories, and the five districts."""

from tests.support.cards import office
from tests.support.districts import districts
from tests.support.town import street, town
from tests.support.whistles import square

__all__ = ["districts", "office", "square", "street", "town"]
