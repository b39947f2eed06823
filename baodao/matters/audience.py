"""Who hears of a matter's facts, as its procedure version declares it (``tells`` of the action, ``tells`` by
fact, effects ``tell``). What is said is a step with a number and a date; never what the matter is about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import helpers_of
from baodao.people.selectors import consented, persons_of

from . import versions
from .declare import Action, Procedure
from .facts import BEGIN, NAMES, Step, references
from .guards import HELPER
from .models import Leg, Matter
from .selectors import followers_of
from .state import LEG_WAITS

#: What a resident reads, by the fact of the action.
RESIDENT = {
    "opened": _("您反映的事已登记，编号 {number}，交给{org}办理，{day}前答复您。"),
    "leg_reported": _("您反映的 {number}，{org}收到了，{day}前答复您。"),
    "leg_answered": _("您反映的 {number} 已有答复，请打开看看，说说办得怎样。"),
    "paused": _("您反映的 {number} 暂停计时，打开能看到原因。"),
    "resumed": _("您反映的 {number} 继续办理，{org}在{day}前答复您。"),
    "extended": _("您反映的 {number} 延长了办理时间，{org}在{day}前答复您。"),
    "handed_over": _("您反映的 {number} 转给{org}办理，{day}前答复您。"),
    "promised": _("您反映的 {number}，{org}约在{day}，打开看看是什么安排。"),
    "reopened": _("您反映的 {number} 重新办理，{org}在{day}前再答复您。"),
    "closed": _("您反映的 {number} 已经结束，打开能看到结果。"),
    "acted": _("您反映的 {number} 有新进展。"),
}
#: What staff read.
STAFF = {
    "called": _("{number} 派给{org}，请在{day}前答复。"),
    "escalated": _("{number} 过了答复期限，还在{org}，请督促。"),
    "heard": _("{number} 的居民有回话，请打开查看。"),
    "closed": _("{number} 已经结束。"),
    "acted": _("{number} 有新情况，请打开查看。"),
}
#: The consent by which whoever may take needs asks to be told of new ones (packs/base/wanted.toml).
TOLD_OF_NEEDS = "wanted_told"
CALLS = {"opened", "leg_called", "handed_over", "reopened"}


class _Told(Struct, frozen=True):
    """What the audiences of one fact are found from."""

    fact: Recorded
    row: Matter
    procedure: Procedure
    action: Action
    legs: tuple[Leg, ...]
    """Of the fact (``about`` "leg:2"), else all open ones of the round, the lead first."""

    @property
    def day(self) -> date:
        return timezone.localdate(self.fact.noted)

    def params(self, leg: Leg | None = None) -> dict[str, str]:
        """Organization and date of a leg (of the one that speaks, when none is named); codes only."""
        leg = leg or (self.legs[0] if self.legs else None)
        found = {"org": leg.org if leg else self.row.org}
        due = leg.due if leg else None
        if self.action.promises and len(self.row.promise) >= 10:
            found["day"] = self.row.promise[:10]
        elif due is not None:
            found["day"] = timezone.localdate(due).isoformat()
        return found

    @property
    def resident(self) -> str:
        """Which words the resident reads: one unit's share is not the answer, whoever answers for the whole gives it,
        and a day that has passed is promised to nobody."""
        action, asks = self.action, self._asks
        name = "promised" if action.promises and self.row.promise else action.fact
        if name == "leg_answered" and not asks:
            name = "acted"
        elif name == "acted" and asks and any(effect.goto for effect in action.then):
            name = "leg_answered"
        passed = self.params().get("day", "9") < self.day.isoformat()
        return name if name in RESIDENT and not (passed and "{day}" in str(RESIDENT[name])) else "acted"

    @property
    def _asks(self) -> bool:
        """Whether her word is asked for in the stage that this fact leads to."""
        confirm, data = self.procedure.action("confirm"), self.fact.data
        return confirm is not None and isinstance(data, Step) and data.stage in confirm.froms()


def tells_of(fact: Recorded) -> list[Tell]:
    """The audiences of one fact. An act is told once, with the fact that is the action's own."""
    data = fact.data
    if not isinstance(data, Step):
        return []
    row = _row(fact)
    if row is None:
        return []
    procedure = versions.version(row.digest)
    action = procedure.action(data.action) or Action(name=data.action)
    wanted = [name for ref in references(data) for name in procedure.tells.get(ref, ())]
    if NAMES[type(data)] == action.fact:
        wanted += [*action.tells, *(e.tell for e in action.then if e.tell)]
    if data.action == BEGIN:  # what it waited for is done: only now is it called
        wanted.append("leg")
    if not wanted:
        return []
    told = _Told(fact, row, procedure, action, _legs(fact, row))
    return [tell for name in dict.fromkeys(wanted) for tell in _AUDIENCES[name](told)]


#: A command leaves several facts of one matter, read one after another: its row is asked for once.
_FRESH = 2.0
_held: tuple[tuple[str, str], float, Matter | None] = (("", ""), 0.0, None)


def _row(fact: Recorded) -> Matter | None:
    global _held
    key, now = (fact.command, fact.subject), time.monotonic()
    if _held[0] != key or now - _held[1] > _FRESH:
        row = Matter.objects.filter(number=fact.subject.partition(":")[2]).first()
        _held = (key, now, row)
    return _held[2]


def _legs(fact: Recorded, row: Matter) -> tuple[Leg, ...]:
    legs = Leg.objects.filter(matter=row.number, round=row.round).order_by("n")
    if fact.about.startswith("leg:"):
        legs = Leg.objects.filter(matter=row.number, n=int(fact.about[4:]))
    return tuple(sorted(legs, key=lambda leg: (leg.role != "lead", leg.n)))


def _reporter(told: _Told) -> Iterable[Tell]:
    # Whoever did it herself was told on the page; only the number of a new matter is worth a message.
    own = told.fact.person == told.row.reporter and not told.fact.post
    if not told.row.reporter or (own and told.action.fact != "opened"):
        return
    for person in persons_of([told.row.reporter], "notify").values():
        template = f"matter.resident.{told.resident}"
        number = told.row.number
        yield Tell(
            template=template, person=person, number=number, link=f"/requests/{number}/", params=told.params()
        )


def _staff(told: _Told, *, post: str = "", org: str = "", right: str = "", leg: Leg | None = None) -> Tell:
    fact = told.action.fact
    if told.action.name.startswith("escalate"):
        name = "escalated"
    elif fact in {"answered", "reopened"} and not told.fact.post:
        name = "heard"
    else:
        called = fact in CALLS or told.action.name == BEGIN
        name = "called" if called else "closed" if fact == "closed" else "acted"
    declared = next((kind for kind in told.procedure.kinds if kind.name == told.row.kind), None)
    return Tell(
        template=f"matter.staff.{name}",
        post=post,
        org=org,
        right=right,
        number=told.row.number,
        link=f"/desk/matters/{told.row.number}/",
        params=told.params(leg),
        urgent=_urgent(told, name, declared is not None and declared.urgent, post),
    )


def _urgent(told: _Told, name: str, kind: bool, post: str) -> bool:
    """Whether quiet hours do not hold: a call over danger, and whoever is on shift for it."""
    once = told.procedure.at_once
    return (name == "called" and (kind or (once and bool(post)))) or (name == "escalated" and kind and once)


def _called(told: _Told, leg: Leg) -> Tell:
    """The post that holds it, or was called; else those of the organization who may report in."""
    post = leg.holder or leg.post or leg.seat
    if post:
        return _staff(told, post=post, leg=leg)
    return _staff(told, org=leg.org, right=f"{told.row.procedure}.report_in", leg=leg)


def _leg(told: _Told) -> Iterable[Tell]:
    return [_called(told, leg) for leg in told.legs if leg.state != LEG_WAITS]


def _lead(told: _Told) -> Iterable[Tell]:
    return [_called(told, leg) for leg in told.legs if leg.role == "lead"][:1]


def _caller(told: _Told) -> Iterable[Tell]:
    org = orgs.forest().heir(told.row.caller, told.day) or told.row.caller
    return [_staff(told, org=org, right="matter.read")] if org else []


def _superior(told: _Told) -> Iterable[Tell]:
    """The nearest posts, in the organization or above it, that may give more time."""
    for leg in told.legs[:1]:
        for org in orgs.forest().chain(leg.org, told.day):
            posts = orgs.posts_with(f"{told.row.procedure}.extend", [org], told.day)
            if posts:
                return [_staff(told, post=post.code) for post in posts]
    return []


def _above(told: _Told) -> Iterable[Tell]:
    """As the superior, one step further up; the superior where there is nobody further up."""
    for leg in told.legs[:1]:
        found = []
        for org in orgs.forest().chain(leg.org, told.day):
            posts = orgs.posts_with(f"{told.row.procedure}.extend", [org], told.day)
            found += [posts] if posts else []
        return [_staff(told, post=post.code) for post in (found[1:] or found)[0]] if found else []
    return []


def _ruler(told: _Told) -> Iterable[Tell]:
    """The nearest posts that may rule on where the leg stands now, by a right that an action from there names."""
    state = told.legs[0].state if told.legs else ""
    rights = told.procedure.rights_from(state)
    for org in orgs.forest().chain(told.row.org, told.day):
        posts = {post.code for right in rights for post in orgs.posts_with(right, [org], told.day)}
        if posts:
            return [_staff(told, post=post) for post in sorted(posts)]
    return []


def _follower(told: _Told) -> Iterable[Tell]:
    """Whoever said that she cares about a matter of public space, as long as it is shown. They are few: the facts are
    asked. Whose matter it is, is told as its resident."""
    tokens = (
        [one for one in followers_of(told.row.number) if one != told.row.reporter] if told.row.shown else ()
    )
    for person in persons_of(tokens, "notify").values():
        yield Tell(
            template="matter.follower",
            person=person,
            number=told.row.number,
            link=f"/open/{told.row.number}/",
            params=told.params(),
        )


def _helper(told: _Told) -> Iterable[Tell]:
    """Posts that may take it for a unit that helps its office through a pairing, of those who asked to be told. They read the list: the
    matter itself is not theirs. Three statements."""
    taken = next((one.name for one in told.procedure.actions if HELPER in one.who), "")
    helpers = [one.org for one in helpers_of(told.row.org, told.day)]
    posts = orgs.posts_with(f"{told.row.procedure}.{taken}", helpers, told.day) if helpers else []
    asked = consented([post.person for post in posts], TOLD_OF_NEEDS)
    for post in posts:
        if post.person in asked:
            yield Tell(template="wanted.told", post=post.code, link="/desk/wanted/")


def _nobody(told: _Told) -> Iterable[Tell]:
    # Named persons of level 3 are told by hand: a message would say that there is something about them.
    return []


_AUDIENCES: Mapping[str, Callable[[_Told], Iterable[Tell]]] = {
    "reporter": _reporter,
    "participant": _reporter,
    "caller": _caller,
    "holder": _leg,
    "lead": _lead,
    "leg": _leg,
    "legs": _leg,
    "superior_of_holder": _superior,
    "ruler": _ruler,
    "above_superior": _above,
    "follower": _follower,
    "named": _nobody,
    HELPER: _helper,
}


def glass_tells(fact: Recorded) -> list[Tell]:
    """Whoever a restricted matter is about hears that somebody opened it in need; by whom and why stands in "who looked"."""
    row = Matter.objects.filter(number=fact.subject.partition(":")[2]).first()
    if row is None or not row.reporter:
        return []
    return [
        Tell(
            template="matter.resident.glass",
            person=person,
            number=row.number,
            link="/me/looked/",
            urgent=True,
        )
        for person in persons_of([row.reporter], "notify").values()
    ]


register_audience("glass.opened", glass_tells)
register_template(
    "matter.resident.glass",
    _("您的 {number} 是受限的事，有人经两个人同意紧急查看了，打开能看到是哪个岗位、为什么。"),
)
for _struct, _name in NAMES.items():
    if issubclass(_struct, Step) and _name != "rated":  # who rated is nobody's to know
        register_audience(f"matter.{_name}", tells_of)
register_template("wanted.told", _("本单位结对帮的地方列了新的需要，愿意接的打开看看。"))
register_template("matter.follower", _("您关心的 {number} 有新进展。"))
for _name, _words in RESIDENT.items():
    register_template(f"matter.resident.{_name}", _words)
for _name, _words in STAFF.items():
    register_template(f"matter.staff.{_name}", _words)
