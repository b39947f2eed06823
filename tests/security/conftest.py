"""The generated tests stand in the town of the stories, on a working day of its own: what a pack permits until a day, and who is at her desk at
an hour, is the same whenever they run."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.support.town import local, town

from .day import TODAY

__all__ = ["town"]


@pytest.fixture(autouse=True)
def working_day() -> Iterator[None]:
    """A Monday at ten."""
    with time_machine.travel(local(f"{TODAY:%m-%d} 10:00"), tick=True):
        yield
