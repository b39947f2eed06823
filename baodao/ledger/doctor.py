"""`baodao doctor`: recompute every leaf and every commitment, and run the checkers that apps register. Names what does not hold."""

from collections.abc import Callable, Iterator

import msgspec

from .canonical import COLUMNS, committed, leaf_hash
from .models import Content, Fact
from .triggers import missing

_checkers: dict[str, Callable[[], Iterator[str]]] = {}


def register_checker(name: str, check: Callable[[], Iterator[str]]) -> None:
    """Apps add invariants that constraints cannot hold (closure of trees, stake of matters)."""
    _checkers[name] = check


def facts() -> Iterator[str]:
    """A line for each fact whose stored leaf is not the hash of its columns."""
    for fact in Fact.objects.order_by("id").values("id", "leaf", *COLUMNS).iterator(chunk_size=2000):
        try:
            good = leaf_hash(fact) == bytes(fact["leaf"])
        except (ValueError, TypeError):
            good = False
        if not good:
            yield f"fact {fact['id']} ({fact['kind']}, {fact['subject']}): its bytes are not those that were recorded"


def contents() -> Iterator[str]:
    """A line for each text that is not the one its fact committed to."""
    rows = (
        Content.objects.order_by("fact", "slot")
        .values_list("fact", "slot", "text", "salt")
        .iterator(chunk_size=2000)
    )
    batch: list[tuple[int, str, str, bytes]] = []
    for row in rows:
        batch.append((row[0], row[1], row[2], bytes(row[3])))
        if len(batch) == 1000:
            yield from _compare(batch)
            batch = []
    yield from _compare(batch)


def _compare(batch: list[tuple[int, str, str, bytes]]) -> Iterator[str]:
    held = dict(Fact.objects.filter(id__in={row[0] for row in batch}).values_list("id", "commitments"))
    for number, slot, text, salt in batch:
        text_of = held.get(number)
        try:
            promised = msgspec.json.decode(text_of).get(slot) if text_of else None
        except msgspec.DecodeError:
            promised = None
        if promised is None or not committed(bytes(salt), text, promised):
            yield f"content of fact {number}, slot {slot}: not the text that was committed to"


def triggers() -> Iterator[str]:
    """A line for each append-only trigger that is gone."""
    for name in missing():
        yield f"trigger {name} is missing: run `baodao migrate`"


def examine() -> Iterator[str]:
    """Everything, lazily; no line = healthy."""
    yield from triggers()
    yield from facts()
    yield from contents()
    for name in sorted(_checkers):
        yield from (f"{name}: {line}" for line in _checkers[name]())
