"""Which rows are there already, and which were taken back."""

from collections.abc import Iterable

import msgspec

from baodao.kernel.models import Command
from baodao.ledger.models import Fact
from baodao.orgs.selectors import forest, today


class Held(msgspec.Struct):
    """A row's key was used `times`; `in_force` unless the last of them was taken back."""

    times: int
    in_force: bool


def imported_rows(keys: Iterable[str]) -> tuple[dict[str, Held], int]:
    """Used keys, and how many batches were ever taken back. One statement per 500 keys and generation."""
    subjects = Fact.objects.filter(kind="ledger.taken_back").values_list("subject", flat=True)
    taken = {subject.removeprefix("batch:") for subject in subjects}
    held: dict[str, Held] = {}
    asked = list(keys)
    for generation in range(len(taken) + 1):
        mark = f"#{generation}" if generation else ""
        found: dict[str, str] = {}
        for start in range(0, len(asked), 500):
            names = [f"{key}{mark}" for key in asked[start : start + 500]]
            found.update(Command.objects.filter(key__in=names).values_list("key", "batch"))
        for name, batch in found.items():
            held[name.removesuffix(mark) if mark else name] = Held(generation + 1, batch not in taken)
        asked = [key for key in asked if key in held and not held[key].in_force]
    return held, len(taken)


def request_desk(under: str = "") -> str:
    """The district's request desk: the first organization of kind `desk` (in or under one); "" when there is none."""
    trees, day = forest(), today()
    desks = (node.code for node in trees.nodes.values() if node.kind == "desk")
    return min((code for code in desks if not under or under in trees.chain(code, day)), default="")
