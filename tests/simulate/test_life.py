"""A tiny life of two districts: every kind of matter, all through the verbs; what was planted is there to be found; nothing is done twice."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from baodao.gather.models import Slot
from baodao.kernel import epochs
from baodao.kernel.act import Act
from baodao.ledger.doctor import examine
from baodao.ledger.models import Fact
from baodao.matters.models import Leg, Matter
from baodao.measures import selectors as measures
from baodao.measures.period import Period
from baodao.measures.results import Figure, Question
from baodao.orgs.selectors import forest, today
from baodao.simulate import plan
from baodao.simulate.plan import Lived
from baodao.simulate.roles import roles as roles_of

pytestmark = pytest.mark.django_db
PACKS = ("dadukou", "weibin")
#: Roles whose desk is never empty.
BUSY = (
    "caller",
    "community_secretary",
    "handler",
    "housing_handler",
    "called_department",
    "called_head",
    "service_member",
    "office_head",
    "desk_clerk",
    "supervisor",
    "district_leader",
    "arbiter",
)


def lives(now: Any, **more: Any) -> list[Lived]:
    """Both districts, one after the other."""
    epochs.forget()
    call_command("calendar", "seed", stdout=StringIO())
    return [plan.live(pack, now, 7, **more) for pack in PACKS]


def auditor(lived: Lived) -> Act:
    """Whoever may read all measures of the district."""
    cast = lived.cast
    return lived.life.staff(cast.post_at(cast.district, "auditor"), lived.life.until)


def figures(lived: Lived, name: str, org: str, days: int) -> dict[str, Figure]:
    """A measure of simulated facts by organization."""
    last = lived.life.day_of(lived.life.until)
    period = Period(f"{last - timedelta(days=days)}..{last}", last - timedelta(days=days), last)
    asked = Question(name, org, period, origin="simulated")
    return {figure.org: figure for figure in measures.answer(auditor(lived), asked).figures}


def test_two_districts_live_side_by_side(settings: Any, client: Client) -> None:
    now = timezone.now().replace(microsecond=0)
    both = lives(now, days=14, asked=30, residents=24)
    for lived in both:
        assert lived.life.refused == []
    everything_happens(both)
    the_burst_is_one_matter(both[0])
    the_silent_are_not_content(both[1])
    the_late_department_is_late(both[0])
    assert not list(examine())
    each_role_has_something_to_do(settings, client, both)
    # Cut off and lived again: the same names, so nothing is done twice.
    before = Fact.objects.count()
    again = plan.live(PACKS[1], now, 7, days=14, asked=30, residents=24)
    assert again.truths == both[1].truths
    assert Fact.objects.count() == before


def everything_happens(both: list[Lived]) -> None:
    """Every procedure in both districts, each under its city, with legs that ended in different ways."""
    for code, city in (("500104", "500000"), ("610302", "610300")):
        assert forest().parent(code, today()) == city
    for pack in PACKS:
        found = set(Matter.objects.filter(pack=pack).values_list("procedure", flat=True))
        assert found >= {"request", "whistle", "proposal", "council"}
    whistles = list(Matter.objects.filter(procedure="whistle").values_list("number", flat=True))
    assert len(whistles) >= 12
    legs = list(Leg.objects.filter(matter__in=whistles).values_list("matter", "state"))
    assert {state for _number, state in legs} >= {"called", "reported", "ruled", "returned", "disputed"}
    assert max(sum(number == one for one, _state in legs) for number in whistles) >= 5
    assert Leg.objects.filter(matter__startswith="WB-", org="ddk-cgj").exists()  # a matter crosses the border
    assert Fact.objects.filter(data__contains='"to_whistle"').exists()
    assert set(Fact.objects.filter(subject__startswith="matter:").values_list("origin", flat=True)) == {
        "simulated"
    }
    kinds = set(Slot.objects.filter(state="held").values_list("kind", flat=True))
    # Fourteen days see no members' meeting for certain, a tenth or a twentieth they may miss; a Wednesday and a Saturday never.
    assert {"volunteer", "street_post"} <= kinds


def the_burst_is_one_matter(lived: Lived) -> None:
    """Merged into the first of them, and all near one spot."""
    numbers = lived.truths.numbers["burst"]
    merged = Matter.objects.filter(number__in=numbers).exclude(into="")
    assert merged.count() >= 3
    assert len(set(merged.values_list("into", "place"))) == 1


def the_silent_are_not_content(lived: Lived) -> None:
    """No answer is in no denominator."""
    silent = lived.truths.silent
    assert lived.truths.numbers["silent"]
    told_so = figures(lived, "resolution", silent, 16)[silent]
    assert (told_so.numerator or 0, told_so.denominator or 0) == (0, 0)


def the_late_department_is_late(lived: Lived) -> None:
    """It has not one leg in time."""
    late = lived.truths.late_department
    assert lived.truths.numbers["late_department"]
    called = [f"matter:{number}" for number in lived.truths.numbers["late_department"]]
    settled = Fact.objects.filter(
        kind="matter.settled", org=late, about__startswith="leg:", subject__in=called
    )
    assert not any('"late":false' in data for data in settled.values_list("data", flat=True))


def each_role_has_something_to_do(settings: Any, client: Client, both: list[Lived]) -> None:
    """The sign-ins of the demonstration open a desk with work on it."""
    settings.DEMO = True
    for lived in both:
        roles = {role["role"]: role for role in roles_of(lived.cast)}
        series = Matter.objects.filter(pack=lived.pack).values_list("number", flat=True)[0].partition("-")[0]
        for name in BUSY:
            page = client.get(roles[name]["path"], follow=True)
            assert f"{series}-" in page.content.decode(), name


@pytest.mark.long
def test_measures_find_what_was_planted_in_sixty_days() -> None:
    """All five districts at full size: enough matters and commands, and the figures tell the planted truths."""
    now = timezone.now().replace(microsecond=0)
    call_command("calendar", "seed", stdout=StringIO())
    every = [plan.live(pack, now, 2026) for pack in plan.DISTRICTS]
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE"
        )  # what the server does by itself between commands; here all is one transaction
    assert sum(lived.life.opened for lived in every) >= 2500
    assert sum(lived.life.commands for lived in every) >= 15_000
    for lived in every:
        assert lived.life.refused == []
        truths, district, bureaus = lived.truths, lived.cast.district, lived.cast.bureaus
        assert all(len(numbers) >= 10 for numbers in truths.numbers.values()) and len(truths.numbers) == 7
        on_time = figures(lived, "on_time", district, 62)
        shares = {org: on_time[org].value for org in bureaus if org in on_time}
        measured = {org: share for org, share in shares.items() if share is not None}
        assert min(measured, key=lambda org: measured[org]) == truths.late_department
        returned = figures(lived, "report_in", district, 62)
        beside = {org: returned[org].beside[0].count for org in bureaus if org in returned}
        assert max(beside, key=lambda org: beside[org]) == truths.wrong_addressee
        silence = figures(lived, "silence", district, 62)[truths.silent]
        assert (silence.numerator or silence.sample or 0) >= 3
        resolution = figures(lived, "resolution", district, 62).get(truths.silent)
        assert resolution is None or resolution.value is None
    reasked = Fact.objects.filter(kind="matter.acted", data__contains='"ask_again"')
    assert reasked.exists()
    assert not list(examine())
