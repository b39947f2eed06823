"""Erasing a person: a list of erasers, each of which deletes its app's traces and tells how many rows and files it took.

The seal still holds: facts stay (codes and tokens only), texts and salts go. `baodao erase` prints the list.
"""

from collections.abc import Callable

import msgspec


class Eraser(msgspec.Struct, frozen=True):
    """`subjects(person)` names the ledger subjects that belong to the person; `erase(person, subjects)` deletes and counts."""

    name: str
    erase: Callable[[str, list[str]], int]
    subjects: Callable[[str], list[str]] | None = None
    order: int = 50


_erasers: dict[str, Eraser] = {}

# What the house's list names and this version does not have yet: told, so that nobody believes it was searched.
NOT_YET = ("phone outbox", "lake")


def register_eraser(
    name: str,
    erase: Callable[[str, list[str]], int],
    *,
    subjects: Callable[[str], list[str]] | None = None,
    order: int = 50,
) -> None:
    """Called from an app's `erasers.py`. Lower `order` runs first; people's vault, which knows who is who, runs last."""
    _erasers[name] = Eraser(name, erase, subjects, order)


def erasers() -> list[Eraser]:
    """In running order."""
    return sorted(_erasers.values(), key=lambda e: (e.order, e.name))


#: name → what takes an app's traces of subjects that are to be nobody's, whoever they were about; gives how many rows and files.
_forgetters: dict[str, Callable[[list[str]], int]] = {}


def register_forgetter(name: str, forget: Callable[[list[str]], int]) -> None:
    """Called from an app's `erasers.py`: some subjects are forgotten by their age alone, though nobody asked to be erased."""
    _forgetters[name] = forget


def forget_subjects(subjects: list[str]) -> int:
    """Inside a verb: all apps forget what they keep about these subjects beside facts and contents."""
    return sum(_forgetters[name](subjects) for name in sorted(_forgetters))
