"""Scenes of requests: a fate each; bursts that are merged, titles that neighbours follow, exclusions that are asked for."""

from datetime import datetime

import msgspec

from baodao.matters.models import Matter
from baodao.matters.selectors import visible_to

from . import fates, words
from .district import station_of
from .life import Life, Scene, home, office

#: Kinds and how often they come.
KINDS = {
    "housing": 16,
    "road": 14,
    "noise": 14,
    "utilities": 12,
    "sanitation": 12,
    "property": 12,
    "neighbours": 9,
    "other": 6,
    "health": 2,
    "minors": 2,
    "domestic_violence": 1,
}
#: Those of public space: a title may be released.
PUBLIC = ("road", "utilities", "sanitation")


class Case(msgspec.Struct):
    """One request under way: its number, who reported it, which post has it."""

    number: str
    uid: str
    holder: str


def report(life: Life, at: datetime, community: str, kind: str) -> Case:
    """A resident writes; the secretary of the community has it."""
    uid = life.neighbour(community)
    title, text = words.complaint(life.rng, kind)
    draft = life.draft(community, "request", kind, {"title": title, "text": text})
    number = life.open(life.resident(uid, at), draft)
    life.truths.note(community, number)
    return Case(number, uid, life.cast.post_at(community, "community_secretary"))


def ordinary(life: Life, at: datetime, community: str, kind: str, *, exclusion: bool = False) -> Scene:
    """A request and its fate. `exclusion`: the office asks that it should not count."""
    case = report(life, at, community, kind)
    if not case.number:
        return
    truths = life.truths
    fate = truths.fate(community, fates.draw(life.rng))
    if kind in PUBLIC and life.rng.random() < 0.35:
        life.play(followed(life, case, community), at)
    late, answers = community == truths.late, community != truths.silent
    for step in fates.steps(fate, life.rng, late=late, answers=answers):
        at = yield home(step.hours) if step.who == "resident" else office(step.hours)
        if _take(life, case, step, at) is None:
            return
        if exclusion and step.action in ("answer", "cannot"):
            exclusion = False
            life.play(excluded(life, case), at)


def _take(life: Life, case: Case, step: fates.Step, at: datetime) -> bool | None:
    fields = _fields(life, case, step, at)
    if step.who == "resident":
        by = life.resident(case.uid, at)
    else:
        post = case.holder if step.who == "holder" else _superior(life, case)
        if not post:
            return None
        by = life.staff(post, at)
        # What few may know is not above its office's reach: nobody gives it more time.
        if step.who == "superior" and not visible_to(by).filter(number=case.number).exists():
            return False
    done = life.do(by, case.number, step.action, **fields)
    if done is not None and step.action == "hand_over":
        case.holder = life.cast.post_at(str(fields["org"]), "handler")
    return done


def _superior(life: Life, case: Case) -> str:
    return life.cast.post_at(life.cast.posts[case.holder][1][:9], "department_head")


def _fields(life: Life, case: Case, step: fates.Step, at: datetime) -> dict[str, str | int]:
    fields = dict(step.fields)
    if fields.get("at") == "+1":
        fields["at"] = life.soon(at, 5)
    if fields.get("org") == "@station":
        street = life.cast.posts[case.holder][1][:9]
        fields["org"] = life.rng.choice([station_of(street), station_of(street), *life.prompt[:2]])
    return fields


def followed(life: Life, case: Case, community: str) -> Scene:
    """Staff release a title; neighbours follow it, and one thinks better of it."""
    # The community's own: whoever it is handed over to meanwhile releases nothing.
    secretary = case.holder
    at = yield office(life.rng.uniform(0.6, 6))
    title, _text = words.complaint(life.rng, "road")
    if not life.do(life.staff(secretary, at), case.number, "release", title=f"{title}，正在办"):
        return
    for number in range(life.rng.randint(1, 4)):
        at = yield home(life.rng.uniform(1, 20))
        uid = life.neighbour(community)
        if uid == case.uid or not life.do(life.resident(uid, at), case.number, "follow"):
            return
        if number == 2:
            at = yield home(2)
            life.do(life.resident(uid, at), case.number, "unfollow")


def excluded(life: Life, case: Case) -> Scene:
    """The office asks; the district's arbiter rules, or lets it lapse."""
    at = yield office(0.5)
    asked = life.do(
        life.staff(case.holder, at),
        case.number,
        "ask_exclusion",
        reason=words.of(life.rng, "exclusion", "reasons"),
    )
    if not asked or life.rng.random() < 0.25:
        return
    at = yield office(life.rng.uniform(8, 40))
    number = Matter.objects.filter(procedure="exclusion", about=case.number).values_list("number", flat=True)
    arbiter = life.cast.post_at(life.cast.district, "arbiter")
    verdict = "granted" if life.rng.random() < 0.5 else "refused"
    action = {"granted": "grant", "refused": "refuse"}[verdict]
    reason = words.of(life.rng, "exclusion", verdict)
    life.do(life.staff(arbiter, at), number[0], action, reason=reason)


def burst(life: Life, at: datetime, community: str, size: int) -> Scene:
    """A main breaks: within hours many report it from near one spot; the secretary makes one of them and answers once."""
    grid = life.rng.choice(life.grids[community])
    cases: list[Case] = []
    for _number in range(size):
        uid = life.neighbour(community)
        _title, text = words.complaint(life.rng, "utilities")
        near = (grid.lon + life.rng.uniform(-8e-4, 8e-4), grid.lat + life.rng.uniform(-8e-4, 8e-4))
        draft = life.draft(
            community,
            "request",
            "utilities",
            {"title": "水管爆了", "text": f"主水管爆裂，路上全是水。{text}"},
            place=grid.code,
            point=f"{near[0]:.6f},{near[1]:.6f}",
        )
        number = life.open(life.resident(uid, at), draft)
        life.truths.note(community, number)
        cases.append(Case(number, uid, life.cast.post_at(community, "community_secretary")))
        at = yield home(life.rng.uniform(0.03, 0.12))
    main, *others = [case for case in cases if case.number]
    at = yield office(0.5)
    life.do(life.staff(main.holder, at), main.number, "report_in")
    for case in others:
        at = yield office(0.02)
        fields = {"into": main.number, "reason": "同一根水管"}
        life.do(life.staff(main.holder, at), case.number, "merge", **fields)
    at = yield office(6)
    result = "爆裂的一段已经换好，水压恢复，路面明天补。"
    life.do(life.staff(main.holder, at), main.number, "answer", claim="solved", result=result)
    for case in [main, *others]:
        if life.rng.random() < 0.6:
            life.play(_thanked(life, case), at)


def _thanked(life: Life, case: Case) -> Scene:
    at = yield home(life.rng.uniform(2, 90))
    answer = life.rng.choice(("solved", "solved", "solved", "partly"))
    if (
        life.do(life.resident(case.uid, at), case.number, "confirm", answer=answer)
        and life.rng.random() < 0.7
    ):
        at = yield home(0.1)
        life.do(life.resident(case.uid, at), case.number, "rate", stars=life.rng.choice((3, 4, 5, 5)))


def left(life: Life, at: datetime, community: str, to: str) -> Scene:
    """A request that is handed over at the end of the days: it lies on somebody's desk. `to` "": it is answered instead, and asked not to
    count, for the arbiter's."""
    case = report(life, at, community, "road")
    if not case.number:
        return
    at = yield office(0.4)
    life.do(life.staff(case.holder, at), case.number, "report_in")
    at = yield office(0.4)
    by = life.staff(case.holder, at)
    if to:
        life.do(by, case.number, "hand_over", org=to, reason=words.said(life.rng, "notes"))
        return
    life.do(by, case.number, "answer", claim="solved", result=words.said(life.rng, "results"))
    at = yield office(0.2)
    reason = words.of(life.rng, "exclusion", "reasons")
    life.do(life.staff(case.holder, at), case.number, "ask_exclusion", reason=reason)
