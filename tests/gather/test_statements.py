"""No list asks the database more often because it is longer: each page with few rows and with forty, the same number of statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.gather.models import Slot
from tests.gather.service.world import World, make
from tests.support.branches import BRANCH, branches
from tests.support.town import at, signed_in, town, words

from .conftest import HOUR, NOW, A, Cast, slot

__all__ = ["branches", "town"]
#: What a signed-in page asks before it begins: the session with its account; posts with the epochs.
DOOR = 2


def statements(browser: Any, address: str) -> int:
    """How many statements one page takes, once trees and packs are known."""
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len([one for one in asked.captured_queries if not re.match("SAVEPOINT|RELEASE|BEGIN", one["sql"])])


def flat(pages: dict[tuple[Any, str], int], grow: Callable[[int], Any], few: int = 5, more: int = 35) -> None:
    """Pages with the most that each list may ask (beside the door): few rows, then more, the same number."""
    grow(few)
    before = {key: statements(*key) for key in pages}
    grow(more)
    after = {key: statements(*key) for key in pages}
    assert {k[1]: n for k, n in after.items()} == {k[1]: n for k, n in before.items()}
    over = {key[1]: n - DOOR for key, n in after.items() if n - DOOR > pages[key]}
    assert not over, over


def test_call_outs_patrols_and_slots(cast: Cast) -> None:
    import time_machine

    from baodao.gather.patrols.services import plan_route
    from baodao.gather.services import renew_feed
    from baodao.gather.shifts.services import declare_callout

    from .test_patrols import new
    from .test_shifts import flood, offer

    with time_machine.travel(NOW, tick=False):
        secretary, superior = (signed_in(cast.uids[who], staff=True) for who in ("secretary", "superior"))
        resident = signed_in(cast.uids["resident"], staff=False)
        offer(cast, "resident", "neighbour")
        code = declare_callout(cast.by("superior"), new=flood(days=1))
        made = iter(range(1000))

        def grow(n: int) -> None:
            for _ in range(n):
                day = next(made)
                plan_route(cast.by("secretary"), new=new(title=f"巡查{day}"))
                slot(cast, at=NOW + timedelta(hours=30 + 3 * day), kind="clean")
                declare_callout(cast.by("superior"), new=flood(since=(NOW + timedelta(days=20 + day)).date()))

        flat(
            {
                (secretary, "/desk/gather/?span=month"): 8,
                (secretary, "/desk/week/"): 8,
                (secretary, "/desk/patrols/"): 8,
                (secretary, "/desk/checks/"): 8,
                (superior, "/desk/callouts/"): 8,
                (superior, f"/desk/callouts/{code}/"): 8,
                (secretary, f"/desk/callouts/{code}/{A}/"): 8,
                (secretary, "/desk/gather/gatherings.xlsx"): 8,
                (superior, "/desk/callout-rosters/"): 8,
                (resident, "/me/gatherings/"): 8,
                (resident, f"/calendar/{renew_feed(cast.by('secretary'), org=A)}.ics"): 8,
                (resident, "/me/shifts/"): 8,
            },
            grow,
            more=20,
        )


def test_service_lists_of_a_community_a_unit_and_a_member(db: Any, packs: Any) -> None:
    import time_machine

    from baodao.gather.service import services

    world: World = make()
    after = NOW + timedelta(days=3)
    with time_machine.travel(after, tick=False):
        secretary, organizer = (signed_in(world.uids[who], staff=True) for who in ("secretary", "organizer"))
        _token, uid = world.member()
        member = signed_in(uid, staff=False)
        made = iter(range(1000))

        def grow(n: int) -> None:
            for _ in range(n):
                k = next(made)
                _other, who = world.member(f"党员{k}", f"1391{k:07}")
                services.show_at(world.me(who), place=A, what=["name", "unit", "hours"])
                [code] = world.opening(wanted=1, since=(NOW + timedelta(days=1)).date(), most=200,
                                       until=(NOW + timedelta(days=3)).date())  # fmt: skip
                services.claim(world.me(who), slot=code)
                services.tell(
                    world.me(who, NOW + timedelta(days=2, hours=12)), slot=code, minutes=60, text="清了楼道"
                )
                world.opening(wanted=1, most=200)

        flat(
            {
                (secretary, "/desk/service/"): 8,
                (organizer, "/desk/service/unit/"): 8,
                (member, "/me/service/"): 8,
                (member, "/me/service/record/"): 8,
                (member, "/standing/"): 8,
                (secretary, "/desk/standing/"): 8,
            },
            grow,
            few=10,  # below ten members the unit has no figure at all, and asks for none
            more=12,
        )


def test_a_branchs_home_registers_and_what_those_above_read(branches: Any) -> None:
    made = iter(range(1000))

    def grow(n: int) -> None:
        from baodao.gather.branch.evening import Evening, Line
        from baodao.gather.branch.services import record_meetings
        from tests.support.town import local

        roll = sorted(branches.tokens.values())
        evenings = []
        for _ in range(n):
            day = next(made)
            begins = local("01-20 19:30") + timedelta(days=day)
            lines = (Line(roll[0], "excused", "出差"), *(Line(token, "present") for token in roll[1:]))
            evenings.append(
                Evening(
                    org=BRANCH,
                    kinds=("lecture",),
                    starts=begins,
                    ends=begins + HOUR,
                    lines=lines,
                    decisions=("换灯",),
                )
            )
        record_meetings(branches.act("psec")(f"grow-{n}"), meetings=evenings)

    with at("11-12 09:00"):
        psec, above = branches.desk("psec"), branches.desk("pabove")
        flat(
            {
                (psec, "/desk/branch/"): 8,
                (psec, "/desk/branch/register/"): 8,
                (psec, "/desk/branch/register/?as=xlsx"): 8,
                (psec, "/desk/dues/"): 8,
                (psec, "/desk/dues/members/"): 8,
                (above, "/desk/branch/above/?month=2026-01"): 8,
                (psec, "/desk/branch/month/"): 8,
                (above, "/desk/dues/"): 8,
                (above, "/desk/dues/coverage/"): 8,
                (above, "/desk/dues/together/"): 8,
                (above, "/desk/dues/coverage/?all=yes"): 8,
                (above, "/desk/dues/coverage.xlsx"): 8,
                (above, "/desk/dues/lacking/theme_day/"): 8,
                (psec, "/desk/week/"): 8,
            },
            grow,
        )
        # The book with names: one look for all its evenings, not one for each.
        with CaptureQueriesContext(connection) as asked:
            book = psec.post("/desk/branch/register/", {"command": "b-1", "do": "docx"})
        assert book.status_code == 200 and len(asked) <= 24, len(asked)
    assert Slot.objects.count() == 40


def test_a_month_with_records_of_every_kind(db: Any, packs: Any) -> None:
    """Gatherings, papers, contacts and signed returns on one list, periods excused by a step and by a community's word."""
    from datetime import date

    import time_machine

    from baodao.dues.models import Contact, Excuse, Met
    from baodao.dues.ports import _RECORDS
    from tests.gather.service.world import linked
    from tests.matters.conftest import HOME, PACKS, _forget

    shipped = [(PACKS / name / "dues.toml").read_text("utf-8") for name in ("dadukou", "nanchuan")]
    joined = "\n".join(
        line
        for text in shipped
        for line in text.splitlines()
        if not line.startswith(("source", "hint", "basis"))
    )
    (packs / "drawn" / "dues.toml").write_text(f'source = "assumed"\n{joined}\n', "utf-8")
    _forget()
    world: World = make(("chief", HOME, "supervisor"))
    linked(HOME, A)
    made = iter(range(1000))
    kinds = ("return", "gather", "due", "contact")
    assert set(kinds) == {*_RECORDS, "due"}, "a kind of record that this page does not have yet"
    with time_machine.travel(NOW + timedelta(days=3), tick=False):

        def grow(n: int) -> None:
            for k in (next(made) for _ in range(n)):
                code, day = f"ct-{k:06}", date(2026, 2, 1 + k % 28)
                Contact.objects.create(
                    code=code, org_id=HOME, post="p-chief", token=f"t{k:031}", since=date(2025, 1, 1), level=2
                )
                for subject, due, kind in (
                    (f"contact:{code}", "contact", "contact"),
                    (f"org:{HOME}", "return_city_quarter", "return"),
                    (f"org:{HOME}", "return_city_month", "due"),
                    (f"org:{HOME}", "collective_check_in", "gather"),
                ):
                    Met.objects.create(requirement=due, subject=subject, day=day, ref=f"{kind}:{k:09}")
            if not Excuse.objects.exists():
                Excuse.objects.create(
                    requirement="return_city_month", subject=f"org:{HOME}", period=date(2026, 3, 1), cause="not_needed", ref="due:1"
                )  # fmt: skip

        chief = signed_in(world.uids["chief"], staff=True)
        flat({(chief, "/desk/dues/"): 8, (chief, "/desk/dues/?month=2026-02"): 8}, grow, more=20)
        read = words(chief.get("/desk/dues/?month=2026-02"))
        for told in ("一次联系", "纸上的记录", "上级报表", "集体报到", "一对一联系"):
            assert told in read, told
