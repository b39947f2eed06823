"""Kinds and verbs of these tests, and the program that writes facts from a process of its own.

python -m tests.ledger.noting WRITER COMMANDS LOCK      write, each with a pause between flush and commit
"""

import itertools
from datetime import UTC, datetime
from typing import Any

import msgspec

from baodao.kernel.act import Act, Origin, Subject, new_key, system_act
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.registry import Code, kind

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@kind("test.noted")
class Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mark."""

    mark: Code


@kind("test.counted", unit="s")
class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mark with a value."""

    mark: Code


class Made(msgspec.Struct):
    """Ids of the facts."""

    ids: list[int]


def act(*, command: str = "", origin: Origin = "live", batch: str = "", at: datetime = NOW) -> Act:
    """The system's act with a command of its own."""
    return msgspec.structs.replace(system_act(at, command or new_key(), origin), batch=batch)


@verb("test.note")
def note(tx: Tx, by: Act, *, mark: str, count: int = 1, text: str = "", subject: str = "") -> int:
    """Record `count` facts; the first carries `text`."""
    tx.ask("org.test", Subject(ref="test"))
    for number in range(count):
        texts = {"text": text} if text and not number else {}
        tx.fact(Noted(mark=f"{mark}-{number}"), subject=subject or f"test:{mark}", texts=texts)
    return count


@verb("test.row")
def row(tx: Tx, by: Act, *, rows: list[dict[str, Any]]) -> int:
    """Queue rows of the search table as told: {"op": …, columns}."""
    from baodao.ledger.models import SearchDoc

    tx.ask("org.test", Subject(ref="test"))
    tx.fact(Noted(mark="row"), subject="test:row")
    blank = {"kind": "test", "level": 0, "scope": "", "state": "", "sort": 0, "words": "", "shown": ""}
    for each in rows:
        columns = {name: value for name, value in each.items() if name != "op"}
        if each["op"] == "insert":
            tx.insert(SearchDoc, **{**blank, **columns})
        elif each["op"] == "upsert":
            tx.upsert(SearchDoc, ("subject",), **{**blank, **columns})
        else:
            tx.delete(SearchDoc, **columns)
    return len(rows)


def fresh(prefix: str = "m") -> str:
    """A mark that no other test uses."""
    return f"{prefix}{next(_numbers)}"
