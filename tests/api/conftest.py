"""The town for whoever comes as a machine."""

from tests.support.town import town

__all__ = ["town"]
