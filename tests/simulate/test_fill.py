"""`baodao simulate --fill`: copies that the ledger's own examiners cannot tell from lived matters."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from baodao.kernel.models import Command, Counter
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.models import Content, Fact, SearchDoc
from baodao.ledger.search import find
from baodao.ledger.services import rebuild
from baodao.matters.models import Leg, Matter, Stake
from baodao.simulate import fill as filling

pytestmark = pytest.mark.django_db


def simulate(**options: Any) -> str:
    out = StringIO()
    call_command("simulate", stdout=out, **options)
    return out.getvalue()


def counts(numbers: set[str]) -> list[int]:
    """Facts, texts and rows of these matters."""
    subjects = [f"matter:{number}" for number in numbers]
    facts = Fact.objects.filter(subject__in=subjects)
    texts = Content.objects.filter(fact__in=facts.values("id"))
    rows = [model._default_manager.filter(matter__in=numbers).count() for model in (Leg, Stake)]
    docs = SearchDoc.objects.filter(subject__in=subjects).count()
    return [facts.count(), texts.count(), *rows, docs]


def test_copies_hold_and_only_simulated_districts_are_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    # One life for all that is asked: it is most of the time.
    simulate(days=12, requests=24, residents=12, pack=["dadukou"])
    monkeypatch.setattr(filling, "CHUNK", 40)
    every = set(Matter.objects.values_list("number", flat=True))
    pointing = Fact.objects.filter(data__contains='"into":').values_list("subject", flat=True)
    own = set(Matter.objects.filter(into="", about="").values_list("number", flat=True))
    own -= {subject.partition(":")[2] for subject in pointing}
    # Orders and applications have rows of another room too: they are not copied.
    others = Fact.objects.filter(subject__startswith="matter:").exclude(kind__startswith="matter.")
    told = {subject.partition(":")[2] for subject in others.values_list("subject", flat=True)}
    assert told & own
    own -= told
    before = counts(own)
    last = Counter.objects.get(series=max(own)[:8]).n
    assert before[0] > 3 * len(own) and before[1] > len(own)  # lives of several acts, with texts
    assert Matter.objects.filter(number__in=own, procedure="whistle").exists()
    told = simulate(fill=2 * len(own))
    assert "benchmarks only" in told and "a million in" in told
    fresh = sorted(set(Matter.objects.values_list("number", flat=True)) - every)
    # Every lived matter that stands alone twice more, with all that it has.
    assert counts(set(fresh)) == [2 * n for n in before]
    assert [int(number[9:]) for number in fresh] == list(range(last + 1, last + 1 + 2 * len(own)))
    they_are_apart(own, fresh)
    they_hold()
    a_real_installation_is_refused()


def they_are_apart(own: set[str], fresh: list[str]) -> None:
    """Nothing of a copy points at what it was copied from."""
    subjects = [f"matter:{number}" for number in fresh]
    copied = list(Fact.objects.filter(subject__in=subjects).values("id", "supersedes", "origin"))
    assert {row["supersedes"] for row in copied if row["supersedes"]} <= {row["id"] for row in copied}
    assert {row["origin"] for row in copied} == {"simulated"}
    nonces = [bytes(nonce) for nonce in Fact.objects.values_list("nonce", flat=True)]
    assert len(set(nonces)) == len(nonces)
    keys = set(Command.objects.values_list("key", flat=True))
    assert set(Fact.objects.values_list("command", flat=True)) <= keys
    docs = list(SearchDoc.objects.filter(subject__in=subjects))
    assert docs
    for doc in docs:
        assert doc.shown.startswith(doc.subject[7:]) and not any(number in doc.shown for number in own)
        assert [found.subject for found in find(doc.subject[7:], "matter", SearchDoc.objects.all())] == [
            doc.subject
        ]


def they_hold() -> None:
    """Doctor, rebuild, and the id of the next fact."""
    assert not list(examine())
    told = list(dump(with_caches=True, with_facts=True))
    list(rebuild())
    assert list(dump(with_caches=True, with_facts=True)) == told
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('ledger_fact_id_seq')")
            assert cursor.fetchone()[0] == Fact.objects.order_by("-id").values_list("id", flat=True)[0] + 1


def a_real_installation_is_refused() -> None:
    """One matter that is not simulated is enough."""
    Matter.objects.filter(number=Matter.objects.values_list("number", flat=True)[0]).update(origin="live")
    before = Fact.objects.count()
    with pytest.raises(CommandError, match="not simulated"):
        simulate(fill=5)
    assert Fact.objects.count() == before


def test_nothing_to_copy_is_said() -> None:
    with pytest.raises(CommandError, match="live a district first"):
        simulate(fill=5)
    with pytest.raises(CommandError, match="say what to do"):
        simulate()
