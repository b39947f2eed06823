"""The generated tests stand in the town of the stories."""

from tests.support.town import town

__all__ = ["town"]
