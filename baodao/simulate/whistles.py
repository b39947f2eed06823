"""Scenes of whistles: a secretary calls two to five units; each leg goes its own way, all are ruled on, then the whole ends."""

import random
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

import msgspec

from baodao.matters.move import Called

from . import words
from .duties import DATA
from .life import Life, Scene, home, office
from .requests import report

#: What becomes of a leg, and how often.
WAYS = {
    "good": 50,
    "cannot": 8,
    "late": 6,
    "absent": 4,
    "returned": 12,
    "paused": 7,
    "handed": 6,
    "redone": 7,
}
#: Kind of whistle → kinds of request that turn into it.
KINDS = {
    "facility": "road",
    "environment": "sanitation",
    "safety": "housing",
    "housing": "housing",
    "other": "other",
}
#: How a returned leg goes on.
RETURNS = {"accepted": 45, "upheld": 18, "overruled": 18, "climbed": 12, "unanswered": 7}


class Plot(msgspec.Struct):
    """One whistle under way: its number, the post that called, the legs and which of them have ended."""

    number: str
    caller: str
    legs: int = 0
    ended: set[int] = set()

    @property
    def over(self) -> bool:
        """Whether nobody is waited for."""
        return len(self.ended) >= self.legs


@cache
def _items() -> dict[str, list[str]]:
    """End of a bureau's code → codes of the items that it may be called for."""
    table = tomllib.loads(DATA.read_text("utf-8"))["department"]
    return {
        end: [code for code, _title, kind, _words in rows if kind != "taken_back"]
        for end, rows in table.items()
    }


def duty_for(rng: random.Random, org: str) -> str:
    """An item of a bureau's own list; "" for whoever has none."""
    return rng.choice(_items().get(org.rpartition("-")[2], [""]))


def _foreign(life: Life, org: str) -> str:
    """An item of another bureau's list, as a return cites it."""
    other = life.rng.choice([code for code in life.cast.bureaus if code != org])
    return f"{other}:{duty_for(life.rng, other)}"


def cast_of(life: Life, community: str) -> list[Called]:
    """Two to five addressees: bureaus (the late and the wrong one often), sometimes the street and a Party member."""
    rng, truths = life.rng, life.truths
    bureaus = [
        code for code in life.cast.bureaus if code not in (truths.late_department, truths.wrong_addressee)
    ]
    chosen = rng.sample(bureaus, rng.randint(1, 3))
    chosen += [truths.late_department] if rng.random() < 0.55 else []
    chosen += [truths.wrong_addressee] if rng.random() < 0.5 else []
    calls = [
        Called(org, role="co", duty="" if org == truths.wrong_addressee else duty_for(rng, org))
        for org in chosen[:4]
    ]
    members = life.cast.members_of(community)
    if members and rng.random() < 0.45:
        calls.append(Called(community, post=rng.choice(members), role="co"))
    if len(calls) < 2:
        calls.append(Called(community[:9], role="co"))
    if len(calls) > 2 and rng.random() < 0.3:
        calls[-1] = msgspec.structs.replace(calls[-1], after=(1,))
    return [msgspec.structs.replace(calls[0], role="lead"), *calls[1:]]


def whistle(
    life: Life, at: datetime, community: str, *, calls: Sequence[Called] = (), way: str = ""
) -> Scene:
    """A whistle of a community's secretary, on behalf of nobody: it ends by being closed. `way`: that of all legs."""
    rng = life.rng
    chosen = tuple(calls) or tuple(cast_of(life, community))
    plot = blow(life, at, community, chosen)
    if not plot.number:
        return
    for called in chosen:
        join(life, plot, called, at, way)
    yield from until_over(plot)
    at = yield office(rng.uniform(1, 8))
    outcome, result = rng.choice(("solved", "solved", "partly")), words.of(rng, "whistle", "results")
    life.do(life.staff(plot.caller, at), plot.number, "close", outcome=outcome, result=result)


def blow(life: Life, at: datetime, community: str, calls: Sequence[Called]) -> Plot:
    """Open a whistle that calls these; its number is "" if it was refused."""
    rng = life.rng
    kind = rng.choice(list(KINDS))
    title = rng.choice(words.vocabulary()["whistle"][kind]["titles"])
    place, since = rng.choice(words.vocabulary()["places"]), rng.choice(words.vocabulary()["since"])
    fields = {"source": rng.choice(("community", "residents", "web")), "title": title}
    fields["text"] = f"{place}，{since}{title}。一家办不了，请几家一起到现场。"
    caller = life.cast.post_at(community, "community_secretary")
    draft = life.draft(community, "whistle", kind, fields, calls=tuple(calls))
    return Plot(life.open(life.staff(caller, at), draft), caller)


def sent_back(life: Life, at: datetime, community: str, *, calls: Sequence[Called], then: str) -> Scene:
    """A whistle whose one addressee sends it back. `then`: `disputed` and nobody rules, or "": nobody answers."""
    plot, post = blow(life, at, community, calls), post_of(life, calls[0])
    if not plot.number:
        return
    at = yield office(0.5)
    fields = {"duty_item": _foreign(life, calls[0].org), "reason": words.of(life.rng, "whistle", "returns")}
    life.do(life.staff(post, at), plot.number, "return", leg=1, **fields)
    if then == "disputed":
        at = yield office(0.5)
        reason = words.of(life.rng, "whistle", "disputes")
        life.do(life.staff(plot.caller, at), plot.number, "dispute", leg=1, reason=reason)


def changed(life: Life, at: datetime, community: str) -> Scene:
    """A request that one office cannot do alone: it becomes a whistle under its number, and its reporter is answered."""
    rng = life.rng
    case = report(life, at, community, KINDS[rng.choice(list(KINDS))])
    if not case.number:
        return
    at = yield office(rng.uniform(0.5, 5))
    life.do(life.staff(case.holder, at), case.number, "report_in")
    at = yield office(rng.uniform(1, 5))
    calls = [
        called for called in cast_of(life, community) if not called.post and called.org in life.cast.bureaus
    ]
    first = calls[0]
    duty = {"duty_item": first.duty} if first.duty else {}
    reason = words.of(rng, "whistle", "changes")
    if not life.do(
        life.staff(case.holder, at), case.number, "to_whistle", org=first.org, reason=reason, **duty
    ):
        return
    plot = Plot(case.number, case.holder, legs=1, ended={1})
    join(life, plot, first, at)
    for called in calls[1:]:
        at = yield office(0.1)
        _call(life, plot, called, at)
    yield from until_over(plot)
    at = yield office(rng.uniform(1, 8))
    claim, result = rng.choice(("solved", "solved", "partly")), words.of(rng, "whistle", "results")
    if not life.do(life.staff(case.holder, at), case.number, "conclude", claim=claim, result=result):
        return
    if rng.random() < 0.3 or community == life.truths.silent:
        return
    at = yield home(rng.uniform(3, 90))
    if life.do(life.resident(case.uid, at), case.number, "confirm", answer=claim):
        at = yield home(0.1)
        life.do(life.resident(case.uid, at), case.number, "rate", stars=rng.choice((3, 4, 5, 5)))


def until_over(plot: Plot) -> Scene:
    """Until every leg has ended; not for ever."""
    for _try in range(60):
        if plot.over:
            return
        yield office(6)


def join(life: Life, plot: Plot, called: Called, at: datetime, way: str = "") -> None:
    """The next leg, that was just called, begins to live."""
    plot.legs += 1
    if called.org == life.truths.late_department:
        way = way or life.rng.choices(("late", "absent"), (80, 20))[0]
        life.truths.note(called.org, plot.number)
    if called.org == life.truths.wrong_addressee and not called.duty:
        way = way or life.rng.choices(("returned", "good"), (85, 15))[0]
        life.truths.note(called.org, plot.number)
    way = way or life.rng.choices(list(WAYS), list(WAYS.values()))[0]
    if called.org not in life.cast.bureaus and way in ("returned", "handed", "paused"):
        way = "good"
    life.play(leg(life, plot, plot.legs, called, way), at)


def _call(life: Life, plot: Plot, called: Called, at: datetime) -> None:
    """Call one more unit later."""
    duty = {"duty_item": called.duty} if called.duty else {}
    if life.do(life.staff(plot.caller, at), plot.number, "call", org=called.org, **duty):
        join(life, plot, called, at)


def post_of(life: Life, called: Called) -> str:
    """Who acts for an addressee."""
    kinds = ("handler", "department_head", "community_secretary")
    found = (life.cast.post_at(called.org, kind) for kind in kinds)
    return called.post or next(code for code in found if code)


def leg(life: Life, plot: Plot, n: int, called: Called, way: str) -> Scene:
    """One leg from the call to the ruling, in the way that was drawn."""
    for _try in range(60):
        if plot.ended >= set(called.after):
            break
        yield office(4)
    if way == "asleep":
        return
    yield from PLAYS.get(way, good)(life, plot, n, called)
    plot.ended.add(n)


def _report_in(life: Life, plot: Plot, n: int, post: str, at: datetime) -> bool | None:
    rng = life.rng
    told = (
        {"arrives": life.soon(at, 2), "plan": words.of(rng, "whistle", "plans")} if rng.random() < 0.6 else {}
    )
    return life.do(life.staff(post, at), plot.number, "report_in", leg=n, **told)


def _work(life: Life, plot: Plot, n: int, post: str, hours: float) -> Scene:
    rng = life.rng
    if rng.random() < 0.5:
        at = yield office(rng.uniform(0.3, 2))
        life.do(life.staff(post, at), plot.number, "arrive", leg=n, at=words.of(rng, "whistle", "spots"))
    if rng.random() < 0.5:
        at = yield office(rng.uniform(0.5, 4))
        text = words.of(rng, "whistle", "notes")
        life.do(life.staff(post, at), plot.number, "note", leg=n, text=text, photo=life.picture())
    at = yield office(rng.uniform(hours * 0.5, hours))
    partly = rng.random() < 0.2
    result = words.of(rng, "whistle", "partly" if partly else "results")
    claim = "partly" if partly else "solved"
    given = {"claim": claim, "result": result, "photo": life.picture()}
    life.do(life.staff(post, at), plot.number, "answer", leg=n, **given)


def _rule(life: Life, plot: Plot, n: int, did: str = "yes", verdict: str = "") -> Scene:
    rng = life.rng
    at = yield office(rng.uniform(1, 10))
    if rng.random() < 0.04:
        yield office(30)  # the caller forgets: the clock rules "unruled"
        return
    told = {
        "came": "yes",
        "did": did,
        "verdict": verdict or rng.choice(("solved", "solved", "solved", "partly")),
    }
    life.do(life.staff(plot.caller, at), plot.number, "rule", leg=n, **told)


def good(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """In time."""
    post = post_of(life, called)
    at = yield office(life.rng.uniform(0.3, 6))
    _report_in(life, plot, n, post, at)
    yield from _work(life, plot, n, post, 24)
    yield from _rule(life, plot, n)


def cannot(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """Came, and says why it cannot."""
    post = post_of(life, called)
    at = yield office(life.rng.uniform(0.3, 6))
    _report_in(life, plot, n, post, at)
    at = yield office(life.rng.uniform(3, 20))
    reason = words.of(life.rng, "whistle", "cannots")
    life.do(life.staff(post, at), plot.number, "cannot", leg=n, reason=reason)
    yield from _rule(life, plot, n, did="no", verdict="cannot")


def late(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """After both limits, before it would be ruled absent."""
    post = post_of(life, called)
    at = yield office(life.rng.uniform(16, 20))
    _report_in(life, plot, n, post, at)
    at = yield office(life.rng.uniform(44, 48))
    given = {"claim": "partly", "result": words.of(life.rng, "whistle", "partly"), "photo": life.picture()}
    life.do(life.staff(post, at), plot.number, "answer", leg=n, **given)
    yield from _rule(life, plot, n, did="some", verdict="partly")


def absent(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """Nobody comes: the clock rules."""
    yield office(84)


def paused(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """Waits for a permit in between."""
    post = post_of(life, called)
    at = yield office(life.rng.uniform(0.3, 6))
    _report_in(life, plot, n, post, at)
    at = yield office(3)
    reason = words.vocabulary()["staff"]["pauses"]["permit"]
    life.do(life.staff(post, at), plot.number, "pause", leg=n, cause="permit", reason=reason)
    at = yield office(life.rng.uniform(14, 40))
    life.do(life.staff(post, at), plot.number, "resume", leg=n)
    yield from _work(life, plot, n, post, 12)
    yield from _rule(life, plot, n)


def handed(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """The head of the unit takes it over from the handler."""
    post = post_of(life, called)
    at = yield office(life.rng.uniform(0.3, 4))
    head = life.cast.post_at(called.org, "department_head")
    fields = {"org": called.org, "post": head, "reason": words.of(life.rng, "whistle", "handed")}
    life.do(life.staff(post, at), plot.number, "hand_over", leg=n, **fields)
    at = yield office(life.rng.uniform(0.5, 3))
    _report_in(life, plot, n, head, at)
    yield from _work(life, plot, n, head, 20)
    yield from _rule(life, plot, n)


def redone(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """The caller is not content with the first answer."""
    post = post_of(life, called)
    at = yield office(life.rng.uniform(0.3, 6))
    _report_in(life, plot, n, post, at)
    yield from _work(life, plot, n, post, 16)
    at = yield office(life.rng.uniform(1, 8))
    reason = words.of(life.rng, "whistle", "redo")
    if life.do(life.staff(plot.caller, at), plot.number, "redo", leg=n, reason=reason):
        yield from _work(life, plot, n, post, 16)
    yield from _rule(life, plot, n)


def returned(life: Life, plot: Plot, n: int, called: Called) -> Scene:
    """Sent back with an item; accepted, or disputed and ruled on here or above, or nobody says anything."""
    rng, post = life.rng, post_of(life, called)
    at = yield office(rng.uniform(0.5, 8))
    fields = {"duty_item": _foreign(life, called.org), "reason": words.of(rng, "whistle", "returns")}
    if not life.do(life.staff(post, at), plot.number, "return", leg=n, **fields):
        yield from good(life, plot, n, called)
        return
    then = rng.choices(list(RETURNS), list(RETURNS.values()))[0]
    at = yield office(rng.uniform(1, 8))
    if then == "unanswered":
        yield office(20)
        return
    if then == "accepted":
        if life.do(life.staff(plot.caller, at), plot.number, "accept_return", leg=n):
            right = rng.choice([code for code in life.cast.bureaus if code != life.truths.wrong_addressee])
            _call(life, plot, Called(right, duty=duty_for(rng, right)), at)
        return
    life.do(
        life.staff(plot.caller, at),
        plot.number,
        "dispute",
        leg=n,
        reason=words.of(rng, "whistle", "disputes"),
    )
    yield from _disputed(life, plot, n, called, then)


def _disputed(life: Life, plot: Plot, n: int, called: Called, then: str) -> Scene:
    rng, seat = life.rng, life.cast.district
    ruler, up = ("district_leader", "_up") if then == "climbed" else ("supervisor", "")
    at = yield office(rng.uniform(18, 24) if up else rng.uniform(1, 10))
    overruled = then == "overruled" or (then == "climbed" and rng.random() < 0.5)
    action = ("send_back" if overruled else "uphold") + up
    reason = words.of(rng, "whistle", "overruled" if overruled else "upheld")
    by = life.staff(life.cast.post_at(seat, ruler), at)
    if life.do(by, plot.number, action, leg=n, reason=reason) and overruled:
        yield from good(life, plot, n, called)


PLAYS: dict[str, Callable[[Life, Plot, int, Called], Scene]] = {
    "good": good,
    "cannot": cannot,
    "late": late,
    "absent": absent,
    "paused": paused,
    "handed": handed,
    "redone": redone,
    "returned": returned,
}
