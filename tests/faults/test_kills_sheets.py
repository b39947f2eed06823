"""kill -9 in the middle of bringing in a branch's roll and a community's local talents from Excel: begun anew it goes on where it was.
Every row is there once, with one person, one token and one fact; rows follow from facts; what was brought in can be taken back."""

import json
import os
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_kills_gathering import killed
from tests.support.databases import Databases

pytestmark = [pytest.mark.processes, pytest.mark.long]
ROWS = 60


def sheets(tmp_path: Path) -> dict[str, Any]:
    """The drawn district, a branch without a roll, and two filled sheets of its own and of a community."""
    from baodao.kernel.act import system_act
    from baodao.kernel.tables import write_xlsx
    from baodao.kernel.tables.template import columns_of, template_of
    from tests.matters.conftest import NOW, A, build
    from tests.support.branches import BRANCH, Branches, raise_tree

    build()
    where = Branches({}, tmp_path / "data")
    where.pack = "drawn"
    raise_tree(where, 0)
    cells = {
        "branch": BRANCH, "org": A, "trade": "种植养殖", "word": "同意", "since": date(2026, 1, 5),
    }  # fmt: skip
    told = []
    for at, name in enumerate(("rolls", "talents")):
        columns = columns_of(template_of(name), system_act(NOW, f"look-{name}", "import"))
        rows = [
            [{**cells, "name": f"某{n:02}", "phone": f"13{at + 5}{n:04}6677"}.get(c.field) for c in columns]
            for n in range(ROWS)
        ]
        path = tmp_path / f"{name}.xlsx"
        with path.open("wb") as out:
            write_xlsx(out, name, [str(column.title) for column in columns], rows)
        told.append((name, str(path)))
    return {"now": NOW.isoformat(), "sheets": told}


def test_a_sheet_that_is_killed_over_and_over_is_there_once(
    committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild
    from baodao.orgs.rolls.models import Membership
    from baodao.orgs.talents.models import Talent
    from tests.faults.build import packs_in
    from tests.matters.conftest import _forget

    settings.PACKS, settings.DATA = str(packs_in(tmp_path / "packs")), tmp_path / "data"
    _forget()
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(sheets(tmp_path)), "utf-8")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": settings.PACKS,
        "BAODAO_DATABASE": committed_db.url(committed_db.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    chance, said = random.Random(7), []
    for _kill in range(10):
        said = killed(plan, environment, chance.randint(1, 3), chance.random() * 0.05, "tests.faults.sheets")
        # What was said to be there stays there, and nothing more than once.
        known = {name: int(n) for name, n in (line.split() for line in said if " all " not in line)}
        for name, model in (("rolls", Membership), ("talents", Talent)):
            held = model.objects.count()
            assert known.get(name, 0) <= held <= ROWS and held % 5 == 0, (name, held, known)
    said = killed(plan, environment, 0, 0, "tests.faults.sheets")
    assert [f"{name} all {ROWS} of {ROWS}" in said for name in ("rolls", "talents")] == [True, True], said
    for model, kind in ((Membership, "roll.entered"), (Talent, "talent.named")):
        assert model.objects.count() == ROWS == model.objects.values("token").distinct().count()
        facts = Fact.objects.filter(kind=kind)
        assert facts.count() == ROWS == facts.values("person").distinct().count()
    assert list(examine()) == []
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
    _forget()
