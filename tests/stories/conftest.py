"""The town of the stories."""

from tests.support.town import street, town

__all__ = ["street", "town"]
