"""Every cache can be dropped and rebuilt to the same bytes; the dump is canonical."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from baodao.ledger import caches
from baodao.ledger.caches import Table, dump, dump_table, register_cache
from baodao.ledger.models import SearchDoc
from baodao.ledger.services import rebuild
from tests.ledger.noting import act, fresh, row
from tests.matters.conftest import Cast

pytestmark = pytest.mark.django_db


def lived(cast: Cast) -> list[str]:
    """A few matters with moves between them; gives the dump."""
    from baodao.matters.services import Draft, act, open_
    from tests.matters.conftest import A

    for number in range(3):
        draft = Draft(
            procedure="request", org=A, place="", kind="road", fields={"text": f"第{number}盏路灯坏了"}
        )
        opened = open_(cast.by("resident"), matters=[draft]).numbers[0]
        if number:
            act(cast.by("secretary"), number=opened, action="report_in", fields={})
    return list(dump(with_caches=True))


def empty(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')


def test_dropped_caches_come_back_to_the_same_bytes(cast: Cast) -> None:
    before = lived(cast)
    tables = [table.model._meta.db_table for cache in caches.caches() for table in cache.tables]
    assert len(tables) >= 4
    assert {json.loads(line)["table"] for line in before} & set(tables), "nothing was in the caches"
    empty(tables)
    assert list(dump(with_caches=True)) != before
    rebuild()
    assert list(dump(with_caches=True)) == before


def test_a_wrong_row_of_a_cache_is_put_right(cast: Cast) -> None:
    from baodao.matters.models import Stake
    from baodao.orgs.models import OrgClosure

    before = lived(cast)
    assert Stake.objects.update(holder="nobody") > 0
    assert OrgClosure.objects.filter(depth=1).delete()[0] > 0
    assert list(dump(with_caches=True)) != before
    call_command("rebuild", verbosity=0)
    assert list(dump(with_caches=True)) == before


def test_a_dump_is_sorted_by_natural_keys_and_has_no_surrogates() -> None:
    row(act(), rows=[{"op": "insert", "subject": f"s{n}", "shown": "x"} for n in (2, 10, 1)])
    lines = list(dump_table(Table(SearchDoc, ("subject",), exclude=("id",))))
    assert [json.loads(line)["subject"] for line in lines] == ["s1", "s10", "s2"]
    assert "id" not in json.loads(lines[0])
    keys = list(json.loads(lines[0]))
    assert keys == sorted(keys)


def test_caches_are_rebuilt_after_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_caches", {})
    done: list[str] = []

    def note(name: str) -> Any:
        return lambda progress: done.append(name)

    register_cache("a", [], note("a"), after=("c",))
    register_cache("b", [], note("b"))
    register_cache("c", [], note("c"), after=("b",))
    assert rebuild() == done == ["b", "c", "a"]
    register_cache("d", [], note("d"), after=("e",))
    register_cache("e", [], note("e"), after=("d",))
    with pytest.raises(RuntimeError, match=r"d.*e"):
        caches.caches()


def test_a_rebuild_that_fails_leaves_the_cache_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_caches", {})
    subject = fresh("kept")
    row(act(), rows=[{"op": "insert", "subject": subject}])

    def fail(progress: Any) -> None:
        raise LookupError

    register_cache("search", [Table(SearchDoc, ("subject",))], fail)
    with pytest.raises(LookupError):
        rebuild()
    assert SearchDoc.objects.filter(subject=subject).exists()
