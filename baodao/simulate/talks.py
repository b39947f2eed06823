"""Scenes of proposals (answered, or under way until they are asked again) and of councils (a meeting, a task for each unit)."""

from datetime import datetime, timedelta

from baodao.kernel.declare import get_pack
from baodao.matters.declare import Procedure
from baodao.matters.move import Called
from baodao.orgs.alliances.selectors import alliances_of
from baodao.orgs.selectors import pack_of

from . import words
from .life import Life, Scene, home, office

#: How a proposal is answered, and how often.
ANSWERS = {"solved": 35, "under_way": 30, "reference": 20, "cannot": 15}


def proposal(life: Life, at: datetime, community: str, answer: str = "") -> Scene:
    """A resident proposes; the community hands it to a bureau, which answers. `answer`: which class, else drawn."""
    rng, uid = life.rng, life.neighbour(community)
    table = words.vocabulary()["proposal"]
    title = rng.choice(table["titles"])
    text = rng.choice(table["texts"]).format(title=title, place=rng.choice(words.vocabulary()["places"]))
    fields = {"source": "web", "title": title, "text": text, "anonymous": rng.random() < 0.3}
    number = life.open(life.resident(uid, at), life.draft(community, "proposal", _kind(community), fields))
    if not number:
        return
    post = life.cast.post_at(community, "community_secretary")
    at = yield office(rng.uniform(1, 12))
    life.do(life.staff(post, at), number, "report_in")
    if rng.random() < 0.7:
        at = yield office(rng.uniform(1, 8))
        org = rng.choice(life.prompt)
        if life.do(life.staff(post, at), number, "hand_over", org=org, reason="归口到部门答复"):
            post = life.cast.post_at(org, "handler")
            at = yield office(rng.uniform(1, 12))
            life.do(life.staff(post, at), number, "report_in")
    answer = answer or rng.choices(list(ANSWERS), list(ANSWERS.values()))[0]
    at = yield office(rng.uniform(4, 60))
    if answer == "under_way":
        until = (life.day_of(at) + timedelta(days=50)).isoformat()
        life.do(
            life.staff(post, at), number, "under_way", text=words.of(rng, "proposal", "plans"), until=until
        )
        # The clock asks again sixty days later; whoever still lives then answers.
        at = yield home(61 * 24)
        at = yield office(4)
        answer = "solved"
    if not _answer(life, number, post, answer, at) or rng.random() < 0.35 or community == life.truths.silent:
        return
    at = yield home(rng.uniform(3, 120))
    said = {"solved": "solved", "reference": "partly", "cannot": "not"}[answer]
    if life.do(life.resident(uid, at), number, "confirm", answer=said):
        at = yield home(0.1)
        life.do(life.resident(uid, at), number, "rate", stars=rng.choice((2, 3, 4, 5)))


def _kind(community: str) -> str:
    """The first kind of proposal that the district's pack asks for; "" where it asks for none."""
    declared = get_pack(pack_of(community)).many(Procedure)["proposal"]
    return next((kind.name for kind in declared.kinds), "")


def _answer(life: Life, number: str, post: str, answer: str, at: datetime) -> bool | None:
    by = life.staff(post, at)
    if answer == "cannot":
        return life.do(by, number, "cannot", reason=words.of(life.rng, "proposal", "cannots"))
    result = words.of(life.rng, "proposal", "results" if answer == "solved" else "references")
    return life.do(by, number, "answer", claim=answer, result=result)


def council(life: Life, at: datetime, street: str, guests: list[str]) -> Scene:
    """A street calls bureaus of its district and `guests` (posts of another one) to a table: meeting, tasks, rulings."""
    rng, caller = life.rng, life.cast.post_at(street, "department_head")
    table = words.vocabulary()["council"]
    units = [(org, life.cast.post_at(org, "handler")) for org in rng.sample(life.prompt, rng.randint(2, 4))]
    units += [(life.cast.holds(post)[1], post) for post in guests]
    title = rng.choice(table["titles"])
    fields = {"title": title, "text": f"{title}，请各单位来商量。"}
    # A town has none of its own.
    own = [one.code for one in alliances_of(street, life.day_of(at)) if one.seat == street]
    fields |= {"alliance": own[0]} if own else {}
    calls = tuple(Called(org, role="lead" if n == 0 else "co") for n, (org, _post) in enumerate(units))
    draft = life.draft(street, "council", "", fields, calls=calls)
    number = life.open(life.staff(caller, at), draft)
    if not number:
        return
    present = []
    for n, (_org, post) in enumerate(units, 1):
        at = yield office(rng.uniform(0.5, 4))
        if rng.random() < 0.85 and life.do(life.staff(post, at), number, "report_in", leg=n):
            present.append(n)
    at = yield office(rng.uniform(8, 30))
    held = {
        "held": life.day_of(at).isoformat(),
        "present": len(present),
        "decision": rng.choice(table["decisions"]),
    }
    if not life.do(life.staff(caller, at), number, "hold", **held):
        return
    tasked = []
    for n, (_org, post) in enumerate(units, 1):
        at = yield office(0.2)
        if n in present and rng.random() < 0.85:
            by = (life.day_of(at) + timedelta(days=20)).isoformat()
            life.do(life.staff(caller, at), number, "task", leg=n, text=rng.choice(table["tasks"]), by=by)
            tasked.append((n, post))
        else:
            life.do(life.staff(caller, at), number, "excuse", leg=n)
    for n, post in tasked:
        at = yield office(rng.uniform(6, 24))
        claim = {"claim": "solved", "result": rng.choice(table["results"])}
        life.do(life.staff(post, at), number, "answer", leg=n, **claim)
        at = yield office(rng.uniform(1, 6))
        life.do(life.staff(caller, at), number, "rule", leg=n, did="yes", verdict="solved")
    at = yield office(2)
    life.do(life.staff(caller, at), number, "close", outcome="solved", result="各家的任务都对过账了。")
