"""The cast of matters, somebody at the district, and settlement facts written through a verb of the tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from django.test import Client

from baodao.kernel.act import Act, Subject, system_act
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.facts import Voided
from baodao.ledger.registry import kind_named
from tests.matters.conftest import A2, HOME, START, STREET, A, B, Cast, build, key, packs  # noqa: F401

#: Later than all facts of the tests.
LATER = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)
_numbers = count(1)
_marks = count(1)


class Plan(msgspec.Struct, kw_only=True):
    """A fact to be: its kind, its data as plain values, its columns."""

    kind: str
    data: dict[str, Any]
    subject: str
    org: str
    happened: datetime
    about: str = ""
    level: int = 1
    precision: str = "second"
    value: int | None = None
    origin: str = "live"
    supersedes: int | None = None
    voids: int | None = None


@verb("test.measure")
def _write(tx: Tx, by: Act, *, plans: list[Plan]) -> int:
    tx.ask("org.test", Subject(ref="test"))
    for plan in plans:
        data: Any = (
            Voided(reason="mistake")
            if plan.voids
            else msgspec.convert(plan.data, kind_named(plan.kind).struct)
        )
        tx.fact(
            data,
            subject=plan.subject,
            org=plan.org,
            happened=plan.happened,
            about=plan.about,
            level=plan.level,
            precision=plan.precision,
            value=plan.value,
            supersedes=plan.supersedes,
            voids=plan.voids,
        )
    return len(plans)


def write(*plans: Plan) -> int:
    """Write facts, those of one origin in one command; gives the position."""
    from baodao.ledger.selectors import position

    for origin in dict.fromkeys(plan.origin for plan in plans):
        act = system_act(LATER, f"measure-{next(_numbers)}", origin)  # type: ignore[arg-type]
        _write(act, plans=[plan for plan in plans if plan.origin == origin])
    return position()


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def settled(
    n: int, *, org: str = A, scope: str = "leg", at: datetime | None = None, wall: int = 7200, late: bool = False,
    outcome: str = "solved", first: int | None = 600, reported: int | None = 300, called_late: bool = False,
    round_: int = 1, role: str = "lead", stage: str = "", held: dict[str, int] | None = None, due: bool = True,
    **columns: Any,
) -> Plan:  # fmt: skip
    """A settlement of matter ``n``; by default a leg that was reported in, acted on and ended in time."""
    end = at or datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    start = end - timedelta(seconds=wall)
    limit = end + timedelta(hours=-1 if late else 1)
    clocks = {"answer_by": {"due": moment(limit), "late": late}} if due else {}
    if reported is not None or called_late:
        clocks["report_in_by"] = {
            "due": moment(start + timedelta(hours=1)),
            "late": called_late,
        }
    data = {
        "scope": scope, "procedure": "request", "round": round_,
        "outcome": outcome, "worked": wall,
        "paused": 0, "held": held or {org: wall}, "causes": {},
        "clocks": clocks, "due": moment(limit) if due else None, "late": late if due else None, "role": role,
        "stage": stage, "reported": reported, "first_act": first,
    }  # fmt: skip
    return Plan(
        kind="matter.settled", data=data, subject=f"matter:HQ-2026-{n:06}", org=org, happened=end,
        about=f"{scope}:1", value=wall, **columns,
    )  # fmt: skip


def answered(
    n: int, outcome: str, *, org: str = A, at: datetime | None = None, round_: int = 1, **columns: Any
) -> Plan:
    """The settlement of a round's answer."""
    end = at or datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    data = {
        "procedure": "request", "round": round_, "claim": "solved",
        "answer": outcome if outcome in ("solved", "partly", "not") else "", "silent": outcome == "silent",
        "outcome": outcome,
    }  # fmt: skip
    return Plan(
        kind="matter.answer_settled", data=data, subject=f"matter:HQ-2026-{n:06}", org=org, happened=end,
        about=f"round:{round_}", value=86400, **columns,
    )  # fmt: skip


def called(
    n: int, caller: str, org: str, minutes: int | None, at: datetime | None = None, **columns: Any
) -> Plan:
    """An organization is called by another, which asks so many minutes of it."""
    data = {
        "action": "open", "round": 1, "stage": "asked", "role": "co", "caller": caller,
        "asks": {} if minutes is None else {"minutes": minutes},
    }  # fmt: skip
    when = at or datetime(2026, 3, 11, 3, 0, tzinfo=UTC)
    return Plan(
        kind="matter.leg_called", data=data, subject=f"matter:HQ-2026-{n:06}", org=org, happened=when,
        about=f"leg:{n}", **columns,
    )  # fmt: skip


def step(
    kind: str, n: int, *, org: str = A, at: datetime | None = None, round_: int = 1, **columns: Any
) -> Plan:
    """A rating or an exclusion."""
    data = {"action": "act", "round": round_, "stage": "ended"}
    when = at or datetime(2026, 3, 11, 3, 0, tzinfo=UTC)
    return Plan(kind=kind, data=data, subject=f"matter:HQ-2026-{n:06}", org=org, happened=when, **columns)


def move(org: str, parent: str, since: date) -> None:
    """An organization moves."""
    from baodao.orgs.ruling import Move
    from baodao.orgs.services import move_orgs

    move_orgs(system_act(LATER, f"move-{next(_numbers)}"), moves=[Move(org=org, parent=parent, since=since)])


@pytest.fixture
def cast(db: Any, packs: Any) -> Cast:  # noqa: F811
    """The cast, and ``supervisor`` at the district."""
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs

    made = build()
    act = system_act(LATER - timedelta(days=300), f"other-{next(_numbers)}")
    other = NewOrg(code="990101002", name="远街道", level="street", kind="street", since=START, parent=HOME)
    create_orgs(act, orgs=[other])
    uid = made.uids["neighbour"]
    begin_posts(
        system_act(LATER - timedelta(days=299), f"other-{next(_numbers)}"),
        posts=[
            NewPost(code="p-supervisor", org=HOME, kind="supervisor", person=uid, since=START),
            NewPost(
                code="p-outsider",
                org="990101002",
                kind="department_head",
                person=made.uids["resident"],
                since=START,
            ),
        ],
    )
    made.uids |= {"supervisor": uid, "outsider": made.uids["resident"]}
    made.posts |= {"supervisor": ("p-supervisor", HOME), "outsider": ("p-outsider", "990101002")}
    return made


Enter = Callable[[str, str], Client]


@pytest.fixture
def staff(cast: Cast, settings: Any) -> Enter:
    """Appoint somebody and give her browser."""
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    def enter(kind: str, org: str) -> Client:
        settings.DEMO = True
        mark = f"m{next(_marks)}"
        born = system_act(LATER - timedelta(days=100), key("staff"), "simulated")
        uid = identity.enrol(born, entries=[identity.Entry(ref=mark, name="李强")]).uids[mark]
        post = NewPost(f"{org}-{mark}", org, kind, uid, START)
        begin_posts(system_act(LATER - timedelta(days=99), key("post")), posts=[post])
        at = door.clock()
        opened = sign_in.open_session(demo.demo_account(uid, at), "demo", "test", at)
        browser = Client()
        browser.cookies[door.COOKIE] = opened.cookie
        settings.DEMO = False
        return browser

    return enter


__all__ = ["A2", "HOME", "STREET", "A", "B", "key"]
