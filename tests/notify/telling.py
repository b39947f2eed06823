"""A kind of fact that is told, and a gateway that notes what it was given."""

import itertools
from datetime import UTC, datetime
from typing import Any

import msgspec

from baodao.kernel.act import Act, Origin, Subject, new_key, system_act
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.readers import readers, run_once
from baodao.ledger.registry import Code, kind

KIND = "test.told"
# 2026-11-23 is a Monday; 02:00 UTC is ten in the morning in Fuling.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
NAME, PHONE, EMAIL = "欧阳不寻常", "13912345678", "zhenqiguai@example.org"
numbers = itertools.count(1)


@kind(KIND)
class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact of the tests: what it is about is a mark."""

    mark: Code


@verb("test.tell")
def tell(tx: Tx, by: Act, *, mark: str, happened: datetime | None = None) -> int:
    """Record one fact with a text that nobody may ever be sent."""
    tx.ask("org.test", Subject(ref="test"))
    tx.fact(Told(mark=mark), subject=f"test:{mark}", texts={"text": "绝不外发的原文"}, happened=happened)
    return 1


class Gateway:
    """Takes letters, or fails as told: `fails` holds what the next sendings raise. It can be asked by key if `knows`."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.fails: list[Exception] = []
        self.knows: bool | None = None

    def send(self, letter: Any) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.letters.append(letter)

    def was_sent(self, key: str) -> bool | None:
        return self.knows


def happen(now: datetime = MORNING, *, origin: Origin = "live", happened: datetime | None = None) -> str:
    """One fact of the test kind; gives its mark."""
    mark = f"m{next(numbers)}"
    tell(system_act(now, new_key(), origin), mark=mark, happened=happened)
    return mark


def read(now: datetime = MORNING) -> int:
    """Let the reader handle what is new."""
    reader = next(r for r in readers() if r.name == "notify")
    return run_once(reader, now=now)
