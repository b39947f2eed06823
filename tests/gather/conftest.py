"""The drawn district of the matters' tests with kinds of gathering of its own, and tokens for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from baodao.kernel.verbs import Tx, verb
from tests.matters.conftest import NOW, A, Cast, build, everything, key, packs
from tests.support.town import street, town

__all__ = ["NOW", "A", "Cast", "everything", "key", "packs", "street", "town"]

KINDS = """
source = "assumed"

[gathering.clean]
title = "清洁日"
title_en = "Cleaning day"
form = "activity"
level = 0
join = ["person"]
credits = true
longest = 240
withdraw = 60
rated = true

[gathering.sweep]
title = "小活动"
title_en = "Small activity"
form = "activity"
level = 0
seats = 2
credits = true

[gathering.hall_talk]
title = "宣讲"
title_en = "Talk"
form = "talk"
people = "count"
traits = ["lecture"]

[gathering.night]
title = "支部的晚上"
title_en = "The branch's evening"
form = "meeting"
domain = "party"
join = ["roll"]
counts = ["present", "visit", "phone", "made_up"]
traits = ["theme_day"]
"""
HOUR = timedelta(hours=1)
_made = count(1)


@pytest.fixture
def kinds(packs: Path) -> Path:
    """The drawn pack with gatherings."""
    from tests.matters.conftest import _forget

    (packs / "drawn" / "gatherings.toml").write_text(KINDS, "utf-8")
    _forget()
    return packs


@pytest.fixture
def cast(db: Any, kinds: Path) -> Cast:
    """The cast in a database that is rolled back."""
    return build()


@pytest.fixture
def committed_cast(committed_db: Any, kinds: Path) -> Cast:
    """The cast in a database with real commits."""
    return build()


@verb("test.gather")
def step(tx: Tx, by: Any, *, n: int) -> Any:
    """Run what the test wants inside one command."""
    tx.asked = True
    done = _steps[n](tx)
    from baodao.gather.working import keep

    keep(tx)
    return done


_steps: dict[int, Callable[[Tx], Any]] = {}


def run(by: Any, do: Callable[[Tx], Any]) -> Any:
    """One command that runs ``do(tx)`` and keeps what it touched."""
    n = next(_made)
    _steps[n] = do
    return step(by, n=n)


def slot(
    cast: Cast, kind: str = "clean", at: datetime = NOW + 24 * HOUR, hours: float = 2, **more: Any
) -> str:
    """Open one; gives its code."""
    from baodao.gather.ruling import NewSlot
    from baodao.gather.working import begin

    new = NewSlot(kind=kind, org=A, starts=at, ends=at + hours * HOUR, title="一场活动", **more)
    return str(run(cast.by("system"), lambda tx: begin(tx, new).code))


def tokens(cast: Cast, n: int, domain: str = "service") -> list[str]:
    """Tokens of n new people."""
    from baodao.people.services.identity import Entry, enrol

    entries = [Entry(ref=f"r{next(_made)}", name="某人", kind="resident") for _ in range(n)]
    return list(enrol(cast.by("system"), entries=entries, domain=domain).tokens.values())
