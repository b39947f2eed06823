"""Writes to classes. Seats, waiting lists, presence and credits are those of the slots."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.gather.ruling import NewSlot
from baodao.gather.working import Working, begin, keep, load_all
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults
from baodao.people.selectors import tokens_of
from baodao.people.services.identity import queue_token

from . import facts
from .declare import plans_of
from .models import Klass, TestTally
from .selectors import COURSE, LEAST, WAY, WAYS, enrolled, of_class, result, sessions, tally, trait

#: A lesson taken on line stands open so long at the most.
OPEN_FOR = timedelta(days=31)


class NewClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class to be."""

    org: str
    plan: str
    title: str
    since: date
    about: str = ""
    seats: int = 0
    closed: bool = False


class NewSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session: of a course of the plan, or one of its own ("" and a title). ``way``: on_site, by_video (``where`` says how one
    comes in), on_line (stands open from ``starts`` for ``minutes`` of study until ``until``)."""

    starts: datetime
    minutes: int
    course: str = ""
    title: str = ""
    way: str = "on_site"
    where: str = ""
    until: datetime | None = None


@verb("class.open")
def open_classes(tx: Tx, by: Act, *, classes: list[NewClass]) -> list[str]:
    """Open classes of plans; gives their codes."""
    for org in sorted({one.org for one in classes}) or [""]:
        tx.ask("class.open", of_class(org))
    faults = Faults("classes")
    for place, one in enumerate(classes):
        if one.plan not in plans_of(one.org, one.since):
            faults.add(place, "plan", _("要从计划里选"), "、".join(plans_of(one.org, one.since)))
        faults.text(place, "title", one.title, 2, 80)
        faults.text(place, "about", one.about, 0, 500)
        faults.day(place, "since", one.since)
        if find_private(f"{one.title}\n{one.about}"):
            faults.add(place, "about", _("里面有电话或证件号码"), _("请删掉"))
        if not 0 <= one.seats <= 5000:
            faults.add(place, "seats", _("名额 0 到 5000，0 是不限"))
    faults.close()
    first, codes = (tx.number("class", len(classes)) if classes else 0), []
    for at, one in enumerate(classes):
        code = f"c-{first + at:06}"
        data = facts.ClassOpened(one.plan, one.since.isoformat(), one.seats, one.closed)
        texts = {
            name: text.strip() for name, text in (("title", one.title), ("about", one.about)) if text.strip()
        }
        tx.fact(data, subject=f"class:{code}", org=one.org, level=1, texts=texts)
        tx.insert(Klass, **columns(code, one.org, data, by.origin, texts))
        codes.append(code)
    return codes


def _mine(tx: Tx, code: str, right: str, persons: tuple[str, ...] = ()) -> Klass:
    """An open class, locked. Raises Missing, Refused, Conflict."""
    row = Klass.objects.select_for_update().filter(code=code).first()
    tx.ask(right, of_class(str(row.org_id) if row else "", persons))
    if row is None:
        raise Missing.of("code", _("没有这个班"), _("请从列表里选"))
    if row.until is not None:
        raise Conflict.of("code", _("这个班已经结束"), _("请看别的班"))
    return row


@verb("class.add")
def add_sessions(tx: Tx, by: Act, *, code: str, sessions: list[NewSession]) -> list[str]:
    """Sessions of a class; who is in the class already is entered on each where she is free then."""
    row = _mine(tx, code, "class.open")
    plan = plans_of(str(row.org_id), orgs.today()).get(row.plan)
    if plan is None:
        raise Conflict.of("plan", _("这个计划已经没有了"), _("请另开一个班"))
    pupils = enrolled(code)
    made = []
    for place, one in enumerate(sessions):
        course = plan.find(one.course) if one.course else None
        if (one.course and course is None) or (not one.course and not one.title.strip()):
            raise Invalid.of(f"sessions[{place}].course", _("要从计划里选一课，或写题目"), _("两样写一样"))
        if one.way not in WAYS:
            raise Invalid.of(f"sessions[{place}].way", _("要选到场、视频或网上"))
        if one.way == "on_line" and (course is None or not course.question):
            raise Invalid.of(f"sessions[{place}].way", _("网上的课要有测验题"), _("请在计划里给这一课写题"))
        if not 10 <= one.minutes <= 600:
            raise Invalid.of(f"sessions[{place}].minutes", _("一次 10 到 600 分钟"))
        ends = one.starts + timedelta(minutes=one.minutes)
        if one.way == "on_line":
            ends = min(one.until or one.starts + OPEN_FOR, one.starts + OPEN_FOR)
        named = f"{row.plan}.{one.course}" if one.course else f"{row.plan}.own"
        new = NewSlot(
            kind=plan.gathering, org=str(row.org_id), starts=one.starts, ends=ends, series=code, about=f"class:{code}",
            title=(course.title if course else one.title), where=one.where, seats=row.seats or None,
            traits=(f"{COURSE}{named}", f"{WAY}{one.way}"),
        )  # fmt: skip
        work = begin(tx, new)
        if one.way != "on_line":
            for token in pupils:
                work.sit_or_wait(token, "roster")
        made.append(work.code)
    keep(tx)
    return made


def _works(tx: Tx, code: str) -> list[Working]:
    """The sessions to which one comes at a time, as they stand."""
    slots = [slot for slot in sessions(code) if slot.state == "open" and trait(slot, WAY) != "on_line"]
    return list(load_all(tx, [slot.code for slot in slots]).values()) if slots else []


@verb("class.join")
def join_class(tx: Tx, by: Act, *, code: str) -> str:
    """Choose a class for oneself: a seat in each session to come, or a place in the row of each that is full. Gives ``seat`` or
    ``waiting``. Raises Conflict: elsewhere at that time (named), closed class."""
    row = _mine(tx, code, "class.join", (by.person,))
    if row.closed:
        raise Conflict.of("code", _("这个班由主办单位定名单"), _("请联系主办单位"))
    works = _works(tx, code)
    if not works:
        raise Conflict.of("code", _("这个班还没有排课，或都上完了"), _("请过些日子再看"))
    token = queue_token(tx, by.person, works[0].it.domain)
    states = [work.sit_or_wait(token).state for work in works]
    keep(tx)
    return "seat" if all(state == "seat" for state in states) else "waiting"


@verb("class.leave")
def leave_class(tx: Tx, by: Act, *, code: str) -> int:
    """Give up one's seats in a class; no reason is asked, and the next of the row moves up. Gives in how many sessions."""
    _mine(tx, code, "class.join", (by.person,))
    works, left = _works(tx, code), 0
    tokens = tokens_of(by.person)
    for work in works:
        token = tokens.get(work.it.domain, "")
        held = work.seat(token) if token else None
        if held is not None and held.state != "left":
            work.leave(token)
            work.move_up()
            left += 1
    if not left:
        raise Conflict.of("code", _("您不在这个班里"), _("请刷新页面"))
    keep(tx)
    return left


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a class list: the holder of a post takes part."""

    code: str
    post: str


@verb("class.enrol")
def enrol_posts(tx: Tx, by: Act, *, lines: list[Line]) -> int:
    """Conveners enter holders of posts into classes (closed classes; lists from a sheet). Gives how many are new."""
    known = {post: orgs.post(post) for post in dict.fromkeys(one.post for one in lines)}
    faults = Faults("lines")
    for code in sorted({one.code for one in lines}) or [""]:
        _mine(tx, code, "class.enrol")
    for place, one in enumerate(lines):
        found = known[one.post]
        if found is None or not found.person or (found.until is not None and found.until <= orgs.today()):
            faults.add(place, "post", _("没有 %(post)s 这个岗位，或现在没有人") % {"post": one.post})
    faults.close()
    fresh = 0
    for code in sorted({one.code for one in lines}):
        posts = [known[one.post] for one in lines if one.code == code]
        fresh += _enrol(tx, code, list(dict.fromkeys(post.person for post in posts if post is not None)))
    keep(tx)
    return fresh


def _enrol(tx: Tx, code: str, persons: list[str]) -> int:
    works = _works(tx, code)
    if not works:
        raise Conflict.of("code", _("这个班还没有排课"), _("请先排课，再定名单"))
    before = set(enrolled(code))
    tokens = [queue_token(tx, person, works[0].it.domain) for person in persons]
    for work in works:
        for token in tokens:
            work.sit_or_wait(token, "roster")
    return len(set(tokens) - before)


@verb("class.attend")
def attend_session(tx: Tx, by: Act, *, slot: str, came: list[str]) -> int:
    """Who of the class came to a session (tokens); of the others nothing is said. Minutes count towards the plan's norm. A second time
    adds who was forgotten. Gives how many came."""
    work = load_all(tx, [slot])[slot]
    row = _mine(tx, work.it.series, "class.enrol")
    if work.it.starts > by.happened:
        raise Conflict.of("slot", _("这一课还没有开始"), _("开始以后再记"))
    strangers = set(came) - set(enrolled(row.code))
    if strangers or not came:
        raise Invalid.of("came", _("名单上没有这个人，或一个人也没有选"), _("请从名单里选"))
    plan = plans_of(str(row.org_id), orgs.today()).get(row.plan)
    meets = (plan.norm,) if plan and plan.norm and work.it.domain == "party" else ()
    work.attend_all([(token, "present") for token in dict.fromkeys(came)], "list", meets=meets)
    told = work.hold()
    keep(tx)
    return told.value or 0


@verb("lesson.pass")
def pass_lesson(tx: Tx, by: Act, *, slot: str, right: int, asked: int) -> bool:
    """A lesson taken on line: ``right`` of ``asked`` questions. Of the person only that she passed is kept, with the minutes of the
    lesson; of the class the sums. Not passed: nothing of her is kept, and she may try again. A class given out by list is only there
    for those on the list: nobody comes into it by answering its questions."""
    work = load_all(tx, [slot])[slot]
    row = _mine(tx, work.it.series, "class.join", (by.person,))
    if row.closed and not {*tokens_of(by.person).values()} & {*enrolled(row.code)}:
        raise Missing.of("slot", _("没有这一课"), _("请从目录里选"))
    plan = plans_of(str(row.org_id), orgs.today()).get(row.plan)
    named = next((one.removeprefix(COURSE) for one in work.it.traits if one.startswith(COURSE)), "")
    course = plan.find(named.rpartition(".")[2]) if plan else None
    if (
        course is None
        or f"{WAY}on_line" not in work.it.traits
        or not work.it.starts <= by.happened < work.it.ends
    ):
        raise Conflict.of("slot", _("这一课现在不在网上开着"), _("请从目录里选"))
    if asked != len(course.question) or not 0 <= right <= asked:
        raise Invalid.of("answers", _("请把题答完"), _("每一题选一个"))
    held = tally(work.it.series)
    tx.upsert(
        TestTally, ("klass",), klass=work.it.series, tries=(held.tries if held else 0) + 1,
        asked=(held.asked if held else 0) + asked, right=(held.right if held else 0) + right,
    )  # fmt: skip
    passed = right * 100 >= course.pass_at * asked
    if passed:
        token = queue_token(tx, by.person, work.it.domain)
        meets = (plan.norm,) if plan and plan.norm and work.it.domain == "party" else ()
        work.attend_all([(token, "made_up")], "self", {token: course.minutes}, meets)
        keep(tx)
    return passed


@verb("class.close")
def close_class(tx: Tx, by: Act, *, code: str, until: date) -> facts.ClassClosed:
    """The class is over: how many finished, how the tests went together. Raises Conflict while a session is open."""
    row = _mine(tx, code, "class.open")
    held = sessions(code)
    if any(slot.state == "open" and slot.ends > by.happened for slot in held):
        raise Conflict.of("code", _("还有课没有上完"), _("请上完或取消以后再结束"))
    plan = plans_of(str(row.org_id), orgs.today()).get(row.plan)
    names = {f"{row.plan}.{one.name}" for one in plan.course if one.required} if plan else set()
    asked_of = frozenset(names & {trait(slot, COURSE) for slot in held})
    found, tests = result(code, asked_of), tally(code)
    # Below ten tries a sum could be told of one person.
    told = tests if tests is not None and tests.tries >= LEAST else None
    data = facts.ClassClosed(
        until=until.isoformat(), pupils=found.pupils, sessions=len(held), tries=told.tries if told else 0,
        asked=told.asked if told else 0, right=told.right if told else 0,
    )  # fmt: skip
    tx.fact(data, subject=f"class:{code}", org=str(row.org_id), level=1, value=found.finished)
    kept = {field.attname: getattr(row, field.attname) for field in Klass._meta.concrete_fields}
    tx.upsert(Klass, ("code",), **{**kept, **closed_columns(data, found.finished)})
    return data


def columns(
    code: str, org: str, data: facts.ClassOpened, origin: str, texts: dict[str, str]
) -> dict[str, Any]:
    """A class as model columns."""
    return {
        "code": code, "org_id": org, "plan": data.plan, "title": texts.get("title", ""), "about": texts.get("about", ""),
        "seats": data.seats, "closed": data.closed, "since": date.fromisoformat(data.since), "until": None, "pupils": 0,
        "finished": 0, "level": 1, "origin": origin,
    }  # fmt: skip


def closed_columns(data: facts.ClassClosed, finished: int) -> dict[str, Any]:
    """What closing changes."""
    return {"until": date.fromisoformat(data.until), "pupils": data.pupils, "finished": finished}
