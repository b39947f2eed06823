"""Made-up words for simulated people and requests. Nothing here is taken from a real letter; all of it is told as simulated."""

import random
import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def vocabulary() -> dict[str, Any]:
    """The table of words (data/words.toml)."""
    return tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text())


def name(rng: random.Random) -> str:
    """A person's name, marked: 模拟·陈秀英."""
    words = vocabulary()
    given = "".join(rng.sample(words["given"], rng.choice((1, 2))))
    return f"模拟·{rng.choice(words['surnames'])}{given}"


def phone(number: int) -> str:
    """A made-up mobile number, unique for 0 ≤ number < 10,000,000. Simulated facts are never told to anybody outside (readers act on live)."""
    return f"1999{number:07d}"


def complaint(rng: random.Random, kind: str) -> tuple[str, str]:
    """(title, text) of a request of this kind."""
    words = vocabulary()
    table = words["kind"][kind]
    title = rng.choice(table["titles"])
    text = rng.choice(table["texts"]).format(
        place=rng.choice(words["places"]), since=rng.choice(words["since"]), title=title
    )
    return title, text


def said(rng: random.Random, what: str) -> str:
    """A sentence that staff or residents say on some occasion: visits, found, notes, results, partly, reasons, reopen, extensions."""
    line: str = rng.choice(vocabulary()["staff"][what])
    return line


def of(rng: random.Random, table: str, what: str) -> str:
    """A line of another table: whistle, proposal, council, exclusion."""
    line: str = rng.choice(vocabulary()[table][what])
    return line
