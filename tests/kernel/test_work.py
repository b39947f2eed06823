"""`baodao work`: which beats a process keeps going."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def listed(*options: str) -> set[str]:
    out = StringIO()
    call_command("work", "--list", *options, stdout=out)
    return {line.partition(":")[0] for line in out.getvalue().splitlines()}


def test_senders_and_the_rest_are_everything_once() -> None:
    """What `serve` starts as two processes is all that one does alone; none of it runs in both."""
    senders, rest = listed("--senders", "only"), listed("--senders", "without")
    assert senders == {"notify.sender", "service.suggest", "sync.sender"}
    assert {"ledger.readers", "matters.timer", "kernel.jobs"} <= rest
    assert senders | rest == listed()
    assert not senders & rest


def test_nothing_left_is_told_and_does_not_mean_everything() -> None:
    with pytest.raises(CommandError, match="nothing is left"):
        call_command("work", "--list", "--only", "ledger.readers", "--senders", "only")
    with pytest.raises(CommandError, match="no beat odd"):
        call_command("work", "--only", "odd")
