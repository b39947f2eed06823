"""What every address does for whom: one entry for each route of each shell. An entry says by which right, on which subject,
and how a "no" looks; who has the right is read from the printed matrix.

Outcomes: ``in`` (past the door: shown, or told what is wrong with the input), ``refused`` (403), ``missing`` (404: not there
or not yours, not told apart), ``door`` (sign in first: 302 or 401), ``method`` (405).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from baodao.kernel.act import Subject
from tests.support.town import DISTRICT, GRID_A, OFFICE, OTHER_STREET, STREET, A, B

from . import sent
from .evenings import booked
from .forms import with_forms
from .kept import Held, able, belongs, kept, lies, of
from .printed import Policy, covers

IN, REFUSED, MISSING, DOOR, METHOD = "in", "refused", "missing", "door", "method"


class Thing(NamedTuple):
    """A matter as the oracle knows it: its subject, to whom it belongs, whether its title is shown to all, the fact that has a file (0: none)."""

    subject: Subject
    person: str
    shown: bool
    file: int


class World(NamedTuple):
    """What the town holds, by what an address calls it."""

    policy: Policy
    things: dict[str, Thing]
    alliances: dict[str, list[str]]
    """code → organizations whose readers see it, its seat first."""
    orgs: tuple[str, ...]
    sheet: str
    stock: dict[str, dict[str, Held]]
    """family → code → object of a room."""
    people: dict[str, str]
    filed: tuple[int, ...] = ()
    """Facts of matters that carry a file."""


class Ask(NamedTuple):
    """One question: who asks for which object with which method."""

    world: World
    who: str
    params: dict[str, Any]
    method: str

    @property
    def home(self) -> str:
        return self.world.policy.posts.get(self.who, ("", "", ""))[0]

    @property
    def thing(self) -> Thing:
        return self.world.things[self.params["number"]]

    def has(self, right: str) -> bool:
        return self.world.policy.has(self.who, right)

    def at(self, right: str, org: str, level: int = 1) -> bool:
        """The right on an organization."""
        return bool(org) and self.world.policy.may(self.who, right, Subject(ref="x", org=org, level=level))

    def on(self, right: str, *, resident: bool = False) -> bool:
        """The right on the matter that the address names."""
        thing = self.thing
        return self.world.policy.may(self.who, right, thing.subject, person=thing.person, resident=resident)

    def reads(self) -> bool:
        return self.on("matter.read")


class Entry(NamedTuple):
    """``names``: how the parameters are filled (keys of World or of its stock, or literal values); ``rule``: the outcome behind the
    door; ``body``: what is sent, where it hangs on who and what it is made of the question; ``also``: who else is asked, beside those
    who are asked everywhere; ``sound``: what is sent is right, so that whoever has the right is not told of a fault."""

    rule: Callable[[Ask], str]
    names: dict[str, Any] = {}
    public: bool = False
    body: Any = {}
    query: str | Callable[[Ask], str] = ""
    also: tuple[str, ...] = ()
    sound: bool = False


def open_to_all(ask: Ask) -> str:
    return IN


def refused_unless(test: Callable[[Ask], bool]) -> Callable[[Ask], str]:
    return lambda ask: IN if test(ask) else REFUSED


def missing_unless(test: Callable[[Ask], bool]) -> Callable[[Ask], str]:
    return lambda ask: IN if test(ask) else MISSING


ANY = Entry(open_to_all)
PUBLIC = Entry(open_to_all, public=True)
NONE = Entry(lambda ask: MISSING, {"code": ["none"]})
MINE = ANY  # about `who.person`; takes nobody's name
NUMBER = {"number": "things"}


def _in_district(ask: Ask) -> bool:
    """Whether this post sees all open work of an organization: it and below, or its own where nothing lies below."""
    policy, home = ask.world.policy, ask.home
    below = [
        line.level
        for line in policy.lines_of(ask.who)
        if line.right == "matter.read" and line.reach == "own unit and below"
    ]
    own = [
        line.level
        for line in policy.lines_of(ask.who)
        if line.right == "matter.read" and line.reach == "own unit"
    ]
    return max(below, default=-1) >= 1 or (max(own, default=-1) >= 1 and home not in policy.tree.values())


def _works(ask: Ask) -> bool:
    return any(
        line.right in {"matter.read", "matter.*", "*"} and line.reach not in {"any", "one's own"}
        for line in ask.world.policy.lines_of(ask.who)
    )


def _alliance(ask: Ask) -> bool:
    return any(ask.at("alliance.read", org) for org in ask.world.alliances[ask.params["code"]])


def _invites(ask: Ask) -> bool:
    return ask.at("alliance.invite", ask.world.alliances[ask.params["code"]][0])


def _alliance_act(ask: Ask) -> str:
    if not _alliance(ask):
        return MISSING
    orgs, what = ask.world.alliances[ask.params["code"]], ask.params["what"]
    seat, members = orgs[0], orgs[1:]
    able = {
        "invite": ask.at("alliance.invite", seat),
        "end": ask.at("alliance.end", seat),
        # The seat may release a member; a member's own post may leave.
        "leave": ask.at("alliance.leave", seat) or any(ask.at("alliance.leave", org) for org in members),
    }[what]
    return IN if able else REFUSED


def _sheet_of_alliance(ask: Ask) -> str:
    return (IN if _invites(ask) else REFUSED) if _alliance(ask) else MISSING


def _errors_of_alliance(ask: Ask) -> str:
    return _sheet_of_alliance(ask)


def _own_page(ask: Ask) -> str:
    if ask.on("matter.read", resident=True):
        return IN if ask.method == "GET" else MISSING  # an empty form names no action
    return DOOR if ask.who == "visitor" and ask.method == "GET" else MISSING


def _contact(ask: Ask) -> str:
    if not ask.reads():
        return MISSING
    return IN if ask.on("people.contact") else REFUSED


def _suggestion(ask: Ask) -> str:
    return _reads_and(ask, "suggestion.choose")


def _reads_and(ask: Ask, right: str) -> str:
    if not ask.reads():
        return MISSING
    return IN if ask.on(right) else REFUSED


def _act(ask: Ask) -> str:
    """An act of the interface: whoever may neither read the matter nor act on it is not told that it is there."""
    if ask.on(f"request.{ask.params['action']}"):
        return IN
    return REFUSED if ask.reads() else MISSING


def _seen(ask: Ask) -> str:
    """Whoever may open the object reads who else can; what nobody registered is not there."""
    held = of(ask, "households")
    return IN if ask.params["family"] == "household" and able(ask, "household.read", held) else MISSING


def _glass(ask: Ask) -> str:
    if not ask.has("glass.open"):
        return REFUSED
    return IN if ask.method == "GET" else MISSING  # an empty form names no matter


def _likeness(ask: Ask) -> str:
    if not ask.has("people.merge"):
        return REFUSED
    return IN


def _by_person(ask: Ask) -> str:
    return IN if ask.has("people.contact") else REFUSED


def _brings(ask: Ask) -> bool:
    return ask.has("org.create")


def _parked(ask: Ask) -> str:
    if not ask.has("notify.decide"):
        return REFUSED
    return IN if ask.method == "GET" else MISSING  # an empty form names no notice


def _areas(ask: Ask) -> str:
    # A department has no ground, and the other street no shapes: there are no areas to divide by.
    return (MISSING if ask.home in {OTHER_STREET, OFFICE} else IN) if _in_district(ask) else REFUSED


def _figures(ask: Ask) -> str:
    return (IN if ask.at("measure.read", ask.home, 0) else MISSING) if _in_district(ask) else REFUSED


def _opens_by_interface(ask: Ask) -> str:
    """Anybody opens; the list is for those with a token."""
    return IN if ask.method == "POST" or ask.home else DOOR


def _file(ask: Ask) -> str:
    return IN if ask.reads() and ask.thing.file == ask.params["fact"] else MISSING


def _opens(ask: Ask) -> str:
    return IN if ask.at(f"{ask.params['name']}.open", ask.home, level=1) else REFUSED


def _leg(ask: Ask) -> str:
    return IN if ask.reads() and ask.thing.subject.level <= 1 else MISSING


def _legs_of(ask: Ask) -> str:
    org = ask.home
    reads = ask.world.policy.may(
        ask.who, "matter.read", Subject(ref="x", org=org, level=1, legs=((org, ""),))
    )
    return IN if org and reads else REFUSED


def _measures(ask: Ask) -> str:
    return IN if ask.has("measure.read") else REFUSED


def _returns(ask: Ask) -> str:
    if ask.method == "GET":
        return IN if ask.has("return.read") else REFUSED
    return IN if ask.has("return.read") and ask.at("return.fill", ask.home) else REFUSED


def _keeps_partner(ask: Ask) -> bool:
    return ask.has("partner.register")


def _books(ask: Ask) -> bool:
    return ask.at("booking.book", ask.home)


def _dues(ask: Ask) -> bool:
    return bool(ask.home) and ask.at("due.read", ask.home)


def _works_at(right: str) -> Callable[[Ask], bool]:
    """The right, of reach `legs` at level 2, on one's own organization: households, rolls."""

    def test(ask: Ask) -> bool:
        subject = Subject(ref="x", org=ask.home, level=2, legs=((ask.home, ""),))
        return bool(ask.home) and ask.world.policy.may(ask.who, right, subject)

    return test


def _named_at(*orgs: str) -> Callable[[Ask], str]:
    """Anybody on the desk sees it; names of those who answer for it need the right at one of them."""
    return lambda ask: (
        IN if ask.method == "GET" or any(ask.at("org.holder", org) for org in orgs) else REFUSED
    )


def _grid(ask: Ask) -> str:
    """Anybody on the desk sees a grid; names of those who answer for it and above need the right at one of them."""
    above = (A, STREET, DISTRICT)
    return IN if ask.method == "GET" or any(ask.at("org.holder", org) for org in above) else REFUSED


def _sent(name: str, query: str = "") -> Entry:
    """An act of the interface with a body that is right in itself: 403 for whoever lacks the right, done for whoever has it."""
    right, orgs, body = sent.ACTS[name]

    def rule(ask: Ask) -> str:
        return IN if ask.method == "GET" or all(ask.at(right, org) for org in orgs) else REFUSED

    return Entry(
        rule, body=lambda ask: body(ask.world.people), query=query, also=("administrator",), sound=True
    )


def _open_slot(ask: Ask) -> str:
    """Residents see what is open to all, without their posts; nobody of this town is invited to a shift."""
    if of(ask, "slots").subject.level:
        return MISSING
    return DOOR if ask.who == "visitor" and ask.method == "POST" else IN


def _under_plan(ask: Ask) -> str:
    """A training plan is for those under who set it."""
    return IN if of(ask, "training_plans").subject.org in ask.world.policy.chain(ask.home) else MISSING


def _clustered(ask: Ask) -> bool:
    """Whoever reads the alliance sees its board: its seat's readers and its members'."""
    return able(ask, "alliance.read", of(ask, "clusters"))


def _fills(ask: Ask) -> str:
    """Only who has the post fills its shifts; the others are not told of them."""
    seen = able(ask, "callout.read", of(ask, "callouts"))
    return IN if seen and ask.at("callout.fill", ask.params["org"]) else MISSING


def _booked(_ask: Ask) -> dict[str, Any]:
    body = booked(15)
    return body | {name: body[name].isoformat() for name in ("starts", "ends")}


def _alert(ask: Ask) -> str:
    return IN if able(ask, "matter.read", of(ask, "alerts", "number")) else MISSING


def _alert_still(ask: Ask) -> str:
    """To keep the still is a step of the matter; whoever sees it and may not take the step is refused."""
    held = of(ask, "alerts", "number")
    if not able(ask, "matter.read", held):
        return MISSING
    return IN if ask.method == "GET" or able(ask, "alert.keep", held) else REFUSED


def _meeting(ask: Ask) -> str:
    held = of(ask, "meetings")
    sides = [held.subject.org, *(one for one, _seat in held.subject.legs)]
    above = any(ask.at("meeting.see", one) for one in sides)
    return IN if above or able(ask, "meeting.read", held) else MISSING


def _side(ask: Ask) -> str:
    """The other side that held it together counts its own people."""
    from tests.support.branches import NEXT

    return IN if ask.home == NEXT and able(ask, "meeting.record", of(ask, "meetings")) else MISSING


def _class(ask: Ask) -> str:
    held = of(ask, "closed_classes")
    return IN if ask.who in held.persons or able(ask, "class.open", held) else MISSING


def _shown(ask: Ask) -> str:
    if not ask.thing.shown:
        return MISSING
    return DOOR if ask.method == "POST" and ask.who == "visitor" else IN


def import_job(family: str) -> Callable[[Ask], str]:
    return lambda ask: belongs(family, "job")(ask) if ask.at("request.import", ask.home) else REFUSED


def _order(ask: Ask) -> str:
    return IN if able(ask, "matter.read", of(ask, "orders", "number")) else MISSING


def _order_told(ask: Ask) -> str:
    """Only the unit that ordered tells its people."""
    held = of(ask, "orders", "number")
    mine = ask.home == held.subject.org and able(ask, "order.announce", held)
    return IN if mine and able(ask, "matter.read", held) else MISSING


def _lacking(ask: Ask) -> str:
    below = [line for line in ask.world.policy.lines_of(ask.who) if line.reach == "own unit and below"]
    if not any(covers(line.right, "due.read") for line in below):
        return REFUSED
    return IN if ask.params["requirement"] == "theme_day" else MISSING


def _known(ask: Ask) -> str:
    return IN if able(ask, "matter.read", of(ask, "demands", "number")) and ask.home == A else MISSING


def _lesson(ask: Ask) -> str:
    """A class given out by list is there for its convener and those on the list."""
    held = of(ask, "lessons", "slot")
    return IN if ask.who in held.persons or able(ask, "class.open", held) else MISSING


def _own_file(ask: Ask) -> str:
    mine = ask.on("matter.read", resident=True) and ask.thing.file == ask.params["fact"]
    return IN if mine else MISSING


def _signed(salt: str, what: Any) -> str:
    from django.core import signing

    return f"?t={signing.dumps(what, salt=salt, compress=True)}"


def _opinion_slips(ask: Ask) -> str:
    """The address that the secretary got: in another one's hands it opens nothing."""
    from baodao.matters.desk.opinions import SALT

    return _signed(SALT, [ask.world.people["secretary"], list(ask.world.things)])


def _slip_address(ask: Ask) -> str:
    from baodao.matters.desk.opening import slip_token

    return f"?t={slip_token(ask.world.people['secretary'], ask.params['number'])}"


def _report_slip(ask: Ask) -> str:
    return REFUSED if ask.who != "secretary" else IN if ask.reads() else MISSING


def _begins(ask: Ask) -> str:
    if ask.params["name"] == "none":
        return MISSING
    return DOOR if ask.who == "visitor" else IN


def _unseal(ask: Ask) -> str:
    held = of(ask, "cards", "number")
    if not able(ask, "matter.read", held):
        return MISSING
    return IN if able(ask, "matter.unseal", held) else REFUSED


#: Who holds the Party's posts, and those of clues: asked where nobody of the few comes in.
_PARTY = ("psec", "pcom", "pnext", "pabove")
_CLUES = ("keeper", "second", "approver", "inspector")
#: Who reads the district's figures; none of them is among the few.
_ABOVE = ("supervisor", "auditor", "ruler")

ENTRIES: dict[str, Entry] = {
    # ── portal ──
    "portal:home": PUBLIC, "portal:display": PUBLIC, "portal:look": PUBLIC, "portal:map": PUBLIC,
    "portal:numbers": PUBLIC, "portal:open": PUBLIC, "portal:report": PUBLIC, "portal:who-sees": PUBLIC,
    "portal:sign-in": PUBLIC, "portal:sign-out": PUBLIC,
    # One step of signing in: whoever did not take the one before is sent back to it.
    "portal:sign-in-code": Entry(lambda ask: DOOR if ask.method == "GET" else IN, public=True),
    "portal:sign-in-factor": Entry(lambda ask: DOOR, public=True),
    "portal:demo": Entry(lambda ask: MISSING, public=True),
    "portal:demo-sign-in": Entry(lambda ask: MISSING, {"token": ["made-up"]}, public=True),
    "portal:map-level": Entry(open_to_all, {"code": [A]}, public=True),
    "portal:report-map": Entry(open_to_all, {"code": [A]}, public=True),
    "portal:begin": PUBLIC, "portal:begin-one": Entry(_begins, {"name": ["service_order", "none"]}, public=True),
    "portal:open-one": Entry(_shown, NUMBER, public=True, body={"action": "follow"}, sound=True),
    "portal:own": Entry(_own_page, NUMBER, public=True),
    "portal:own-file": Entry(_own_file, {**NUMBER, "fact": "filed", "n": [0]}, public=True, sound=True),
    "portal:receipt": Entry(missing_unless(lambda ask: ask.on("matter.read", resident=True)), NUMBER, public=True),
    "portal:me": MINE, "portal:me-consents": MINE, "portal:me-data": MINE, "portal:me-factor": MINE,
    "portal:me-forget": MINE, "portal:me-looked": MINE, "portal:me-seers": MINE, "portal:me-sign-ins": MINE,
    "portal:me-field": Entry(open_to_all, {"field": ["name"]}), "portal:mine": MINE, "portal:following": MINE, "portal:notices": MINE,
    "portal:notices-seen": MINE, "portal:notice-settings": MINE,
    # ── desk: about oneself, or a list that the policy filters ──
    "desk:me": MINE, "desk:me-consents": MINE, "desk:me-data": MINE, "desk:me-forget": MINE, "desk:me-looked": MINE,
    "desk:me-seers": MINE, "desk:me-sign-ins": MINE, "desk:me-field": Entry(open_to_all, {"field": ["name"]}),
    "desk:me-post": Entry(lambda ask: IN if ask.who in ("secretary", "sibling") else MISSING, body=lambda ask: {"post": f"p-{ask.who}" if ask.who in ("secretary", "sibling") else "p-secretary"}),  # an empty form names no post of mine
    "desk:notices": MINE, "desk:notices-seen": MINE, "desk:notice-settings": MINE,
    "desk:home": ANY, "desk:week": ANY, "desk:search": ANY, "desk:views": ANY, "desk:newer": ANY,
    "desk:orgs": ANY, "desk:start": ANY, "desk:report": ANY, "desk:duties": ANY,
    "desk:procedures": ANY, "desk:procedure": Entry(open_to_all, {"name": ["request", "project"]}),
    "desk:duty-changes": Entry(lambda ask: IN if ask.method == "GET" else MISSING),  # an empty form names no proposal
    "desk:alliances": ANY, "desk:alliances-export": ANY,
    # ── desk: by a right of the post ──
    "desk:rights": Entry(refused_unless(lambda ask: ask.at("rights.read", ask.home, 0))),
    "desk:people-looks": Entry(refused_unless(lambda ask: ask.has("people.access_log"))),
    "desk:tokens": Entry(lambda ask: IN if ask.method == "GET" or ask.at("api.token", ask.home) else REFUSED),
    "desk:partners": Entry(refused_unless(_keeps_partner)),
    "desk:notices-status": Entry(_parked),
    "desk:district": Entry(refused_unless(_in_district)), "desk:district-areas": Entry(_areas),
    "desk:district-figures": Entry(_figures), "desk:stuck": Entry(refused_unless(_in_district)),
    "desk:stuck-export": Entry(refused_unless(_in_district)),
    "desk:import": Entry(refused_unless(lambda ask: ask.at("request.import", ask.home))),
    "desk:import-map": Entry(refused_unless(lambda ask: ask.at("request.import", ask.home)), {"name": "letters"}),
    "desk:import-job": Entry(import_job("waiting_import"), {"job": "waiting_import"}, also=("clerk",), sound=True),
    "desk:import-errors": Entry(import_job("import_jobs"), {"job": "import_jobs"}, also=("clerk",), sound=True),
    "desk:legs": Entry(refused_unless(_works)), "desk:legs-sheet": Entry(refused_unless(_works)),
    "desk:legs-look": Entry(refused_unless(_works), {"name": "legs_sheet"}),
    "desk:legs-job": Entry(lambda ask: belongs("waiting_legs", "job")(ask) if _works(ask) else REFUSED, {"job": "waiting_legs"}, sound=True),
    "desk:legs-errors": Entry(lambda ask: belongs("legs_jobs", "job")(ask) if _works(ask) else REFUSED, {"job": "legs_jobs"}),
    "desk:duty-list": Entry(open_to_all, {"org": "orgs"}), "desk:duty-history": Entry(open_to_all, {"org": "orgs"}),
    "desk:duty-export": Entry(open_to_all, {"org": "orgs"}),
    "desk:duty-propose": Entry(refused_unless(lambda ask: ask.at("duty.propose_change", ask.params["org"])), {"org": "orgs"}),
    "desk:duty-import": Entry(refused_unless(lambda ask: ask.has("duty.adopt"))),
    "desk:duty-import-empty": Entry(refused_unless(lambda ask: ask.has("duty.adopt"))),
    "desk:duty-import-map": Entry(refused_unless(lambda ask: ask.has("duty.adopt")), {"name": "sheet"}),
    "desk:duty-import-errors": Entry(refused_unless(lambda ask: ask.has("duty.adopt")), {"name": "sheet"}),
    "desk:alliance-new": Entry(refused_unless(lambda ask: ask.has("alliance.found"))),
    "desk:alliance": Entry(missing_unless(_alliance), {"code": "alliances"}),
    "desk:alliance-export": Entry(missing_unless(_alliance), {"code": "alliances"}),
    "desk:alliance-act": Entry(_alliance_act, {"code": "alliances", "what": ["invite", "leave", "end"]}),
    "desk:alliance-import": Entry(_sheet_of_alliance, {"code": "alliances"}),
    "desk:alliance-import-check": Entry(_sheet_of_alliance, {"code": "alliances", "name": "members"}),
    "desk:alliance-import-errors": Entry(_errors_of_alliance, {"code": "alliances", "name": "members"}),
    "desk:org": Entry(
        lambda ask: IN if ask.method == "GET" or ask.at("org.holder", ask.params["code"]) else REFUSED, {"code": "orgs"}
    ),
    "desk:start-one": Entry(_opens, {"name": ["whistle", "council"]}),
    "desk:opinions": Entry(refused_unless(lambda ask: ask.at("proposal.open", ask.home))),
    "desk:opinions-slips": Entry(refused_unless(lambda ask: ask.who == "secretary"), query=_opinion_slips, sound=True),  # its address carries a signed token; without one, nobody
    # ── desk: matters ──
    "desk:matter": Entry(
        lambda ask: (IN if ask.method == "GET" else MISSING) if ask.reads() else MISSING, NUMBER
    ),
    "desk:matter-file": Entry(_file, {**NUMBER, "fact": "filed", "n": [0]}, sound=True),
    "desk:matter-ledger": Entry(missing_unless(Ask.reads), NUMBER),
    "desk:matter-likes": Entry(missing_unless(Ask.reads), NUMBER),
    "desk:matter-paper": Entry(lambda ask: MISSING, {**NUMBER, "name": ["none"]}),  # no paper of that name
    "desk:matter-contact": Entry(_contact, NUMBER, body={"purpose": "handle"}),
    "desk:matter-suggestion": Entry(_suggestion, NUMBER),
    "desk:report-slip": Entry(_report_slip, NUMBER, query=_slip_address, sound=True),  # as opinions-slips
    # ── desk: figures ──
    "desk:measures": Entry(_measures), "desk:measure": Entry(_measures, {"name": ["response"]}),
    "desk:measure-board": Entry(_measures, {"name": ["response"]}),
    "desk:measure-facts": Entry(_measures, {"name": ["response"]}), "desk:measure-export": Entry(_measures, {"name": ["response"]}),
    "desk:returns": Entry(_returns),
    "desk:return-give": Entry(refused_unless(lambda ask: ask.has("return.read") and ask.at("return.form", ask.home))),
    # No return of that number: tests/measures/test_returns.py asks for those that are there.
    "desk:return": Entry(kept("returns", "return.read", post="return.fill", name="number"), {"number": "returns"}, body={"do": "drop"}, also=_ABOVE, sound=True), "desk:return-draft": Entry(kept("returns", "return.read", name="number"), {"number": "returns"}, also=_ABOVE, sound=True),
    "desk:return-grounds": Entry(kept("returns", "return.read", name="number"), {"number": "returns"}, also=_ABOVE, sound=True), "desk:return-why": Entry(lambda ask: MISSING, {"number": ["none"]}),
    "desk:known": Entry(_known, {"number": "demands"}, sound=True),
    "desk:return-copy": Entry(
        lambda ask: REFUSED if kept("returns", "return.read", get="return.take", name="number")(ask) == REFUSED else MISSING,
        {"number": "returns", "version": [1]}, also=_ABOVE,
    ),
    # ── the interface ──
    "api:openapi": PUBLIC, "api:matter.kinds": PUBLIC,
    "api:places.at": Entry(open_to_all, public=True, query="?lon=107.32&lat=29.62"),
    "api:matter.list": Entry(_opens_by_interface, public=True),
    "api:matter.see": Entry(missing_unless(Ask.reads), NUMBER),
    "api:matter.act": Entry(_act, {**NUMBER, "action": ["report_in", "note", "raise_level", "lower_level", "extend", "import"]}),
    "api:leg.list": Entry(_legs_of), "api:leg.see": Entry(_leg, {**NUMBER, "leg": [1]}),
    "api:file.send": Entry(lambda ask: IN),
    "api:measure.read": Entry(_measures), "api:measure.one": Entry(_measures, {"name": ["response"]}),
    "api:measure.facts": Entry(_measures, {"name": ["response"]}),
    "api:return.due": Entry(lambda ask: IN, {"org": ["none"]}), "api:return.list": ANY, "api:return.read": Entry(kept("returns", "return.read", name="number"), {"number": "returns"}, also=_ABOVE, sound=True),
    "api:org.see": Entry(open_to_all, {"code": "orgs"}, public=True),
    **{f"api:{name}": _sent(name) for name in ("org.create", "org.move", "org.end", "post.begin", "post.end", "grid.draw", "grid.end")},
    "api:plan.list": Entry(open_to_all), "api:handover.list": Entry(open_to_all),
    # ── the ground; what happens there is asked of matters ──
    "desk:grids": ANY, "desk:grid": Entry(_grid, {"code": [GRID_A]}), "desk:compounds": ANY,
    "desk:compound": Entry(_named_at(A), {"code": "compounds"}), "desk:building": Entry(_named_at(A, STREET, DISTRICT), {"code": "buildings"}),
    "desk:grid-change": Entry(refused_unless(lambda ask: ask.has("grid.change")), {"code": [GRID_A]}),
    "desk:grids-import": Entry(refused_unless(lambda ask: ask.has("grid.draw"))),
    "desk:grids-import-look": Entry(refused_unless(lambda ask: ask.has("grid.draw")), {"name": "shapes"}, query=f"?org={A}&since=2026-03-01&datum=wgs84"),
    "desk:grids-import-findings": Entry(refused_unless(lambda ask: ask.has("grid.draw")), {"name": "shapes"}, query=f"?org={A}&since=2026-03-01&datum=wgs84"),
    "desk:grids-draw": Entry(refused_unless(lambda ask: ask.has("grid.draw"))),
    "desk:grids-shapes": Entry(refused_unless(lambda ask: ask.has("grid.draw"))),
    "desk:grids-takeback": Entry(refused_unless(lambda ask: ask.has("ledger.takeback"))),
    "desk:compound-record": Entry(refused_unless(lambda ask: ask.has("compound.record"))),
    "desk:building-record": Entry(refused_unless(lambda ask: ask.has("building.record"))),
    "portal:compounds": PUBLIC, "portal:compound": Entry(open_to_all, {"code": "compounds"}, public=True),
    # ── hand-overs, facilities, devices ──
    "desk:handovers": ANY, "desk:handover-new": Entry(missing_unless(lambda ask: ask.at("handover.open", B)), query="?post=p-sibling", body={"post": "p-sibling"}, sound=True),
    "desk:handover": Entry(kept("handovers", "handover.read", post="handover.drop"), {"code": "handovers"}, body={"do": "drop"}, sound=True),
    "desk:handover-sheet": Entry(kept("handovers", "handover.read"), {"code": "handovers"}),
    "desk:devices": ANY, "desk:devices-export": ANY, "desk:device-new": Entry(refused_unless(lambda ask: ask.has("device.register"))),
    "desk:device": Entry(kept("devices", "device.read", post="device.mark"), {"code": "devices"}, body={"state": "broken"}, sound=True),
    "desk:device-edit": Entry(kept("devices", "device.read", get="device.change"), {"code": "devices"}),
    "desk:alerts": ANY, "desk:device-alerts": Entry(kept("devices", "device.read"), {"code": "devices"}), "api:device_alert.receive": ANY,
    "desk:alert": Entry(_alert, {"number": "alerts"}), "desk:alert-still": Entry(_alert_still, {"number": "alerts"}, sound=True),
    "desk:alert-rules": Entry(lambda ask: IN if ask.method == "GET" else REFUSED),  # an empty form names no organization
    "desk:alliance-boards": Entry(missing_unless(_clustered), {"code": "clusters"}, also=("supervisor", "auditor"), sound=True), "desk:alliance-map": NONE,
    # An empty form names no alliance: whoever may join one is told so.
    "desk:alliances-free": Entry(lambda ask: IN if ask.method == "GET" or ask.has("alliance.join") else REFUSED),
    "desk:wanted": Entry(lambda ask: IN if ask.method == "GET" else MISSING),  # an empty form names none
    "portal:watching": PUBLIC, "portal:watching-at": Entry(open_to_all, {"code": [A]}, public=True),
    "desk:facilities": ANY, "desk:facilities-export": ANY, "desk:facility-new": Entry(refused_unless(lambda ask: ask.has("facility.register"))),
    "desk:facility": Entry(kept("facilities", "facility.read"), {"code": "facilities"}),
    "desk:facility-edit": Entry(kept("facilities", "facility.read", get="facility.change"), {"code": "facilities"}),
    "desk:facility-end": Entry(kept("facilities", "facility.read", get="facility.end"), {"code": "facilities"}, sound=True),
    "portal:near": PUBLIC, "portal:near-one": Entry(open_to_all, {"code": "facilities"}, public=True),
    "api:facility.near": Entry(open_to_all, public=True, query="?lon=107.32&lat=29.62", sound=True),
    "api:facility.see": Entry(open_to_all, {"code": "facilities"}, public=True),
    **{f"api:facility.{what}": _sent(f"facility.{what}") for what in ("register", "change", "end")},
    # ── buildings and compounds: every post sees them, the verbs ask the policy ──
    "api:building.list": _sent("building.record", query=f"?grid={GRID_A}"), "api:building.end": _sent("building.end"),
    "api:compound.list": _sent("compound.record", query=f"?org={A}"), "api:compound.end": _sent("compound.end"),
    # ── households ──
    "desk:households": Entry(lambda ask: IN if ask.method == "GET" else REFUSED),  # an empty form says no purpose
    "desk:household-new": Entry(refused_unless(_works_at("household.register"))),
    "desk:household-counts": Entry(refused_unless(lambda ask: ask.has("household.count"))),
    "desk:household": Entry(
        kept("households", "household.read", post="household.close"), {"code": "households"}, body={"do": "close"}, sound=True
    ),
    "desk:household-write": Entry(kept("households", "household.read", get="household.write"), {"code": "households"}),
    "desk:household-slip": Entry(kept("households", "household.read", get="household.write"), {"code": "households"}),
    "portal:home-lines": PUBLIC, "portal:home-one": Entry(
        kept("households", "household.own"), {"code": "households"}, public=True, body={"do": "close", "sure": "1"}, sound=True
    ),
    # ── plans of changes, the tree of a day ──
    "desk:plans": Entry(refused_unless(lambda ask: ask.has("plan.draft"))),
    "desk:plan": Entry(
        kept("plans", "plan.read", post="plan.drop"), {"code": "plans"}, body={"do": "drop"}, also=("administrator",), sound=True
    ),
    "desk:plan-import": Entry(kept("plans", "plan.read", get="plan.add"), {"code": "plans"}, also=("administrator",)),
    "desk:plan-empty": Entry(kept("plans", "plan.read", get="plan.add"), {"code": "plans"}, also=("administrator",), sound=True),
    **{f"desk:plan-import-{what}": Entry(
        kept("plans", "plan.read", get="plan.add"), {"code": "plans", "name": "plan_sheet"}, also=("administrator",)
    ) for what in ("check", "errors")},
    "desk:tree": ANY, "desk:tree-export": ANY,
    # ── rolls ──
    "desk:roll": Entry(refused_unless(_works_at("roll.read")), also=_PARTY), "portal:my-branch": MINE,
    "desk:roll-counts": Entry(refused_unless(lambda ask: ask.has("roll.count")), also=_PARTY),
    "desk:roll-seen": Entry(  # an empty form says no purpose
        lambda ask: IN if ask.method == "GET" and ask.at("roll.seen", ask.home) else REFUSED
    ),
    # ── a branch's evenings ──
    "desk:branch": Entry(refused_unless(_works_at("meeting.read")), also=_PARTY),
    "desk:branch-record": Entry(refused_unless(_works_at("meeting.record")), also=_PARTY),
    "desk:branch-register": Entry(refused_unless(_works_at("meeting.read")), also=_PARTY),
    "desk:branch-month": Entry(refused_unless(_works_at("meeting.read")), also=_PARTY),
    "desk:branch-above": Entry(refused_unless(lambda ask: ask.has("meeting.see")), also=_PARTY),
    "desk:branch-one": Entry(_meeting, {"code": "meetings"}, also=_PARTY), "desk:branch-ours": Entry(_side, {"code": "meetings"}, also=_PARTY), "desk:branch-sheet": Entry(kept("planned", "meeting.read"), {"code": "planned"}, also=_PARTY, sound=True),
    "desk:branch-paper": Entry(kept("branch_papers", "meeting.read", name="digest"), {"code": "meetings", "digest": "branch_papers"}, also=_PARTY, sound=True),
    "portal:my-evenings": Entry(lambda ask: IN if ask.method == "GET" else MISSING),
    "desk:contacts": Entry(refused_unless(lambda ask: ask.has("contact.read"))), "portal:my-contact": MINE,
    "desk:contact-name": Entry(refused_unless(lambda ask: ask.has("contact.name")), also=_PARTY),
    # ── dues: an organization's list, its members', coverage for those above ──
    "desk:dues": Entry(refused_unless(_dues)), "desk:dues-members": Entry(refused_unless(_works_at("due.members")), also=_PARTY),
    "desk:dues-together": Entry(refused_unless(_dues)), "desk:dues-coverage": Entry(refused_unless(_dues)), "desk:dues-coverage-export": Entry(refused_unless(_dues)),
    "api:due.read": Entry(refused_unless(lambda ask: ask.at("due.read", ask.params["code"])), {"code": "orgs"}),
    "desk:dues-lacking": Entry(_lacking, {"requirement": ["theme_day", "none"]}, also=_PARTY),
    # ── deputies, second persons, break-glass, who can see ──
    "desk:deputies": ANY, "desk:seconds": Entry(lambda ask: IN if ask.method == "GET" else MISSING),
    # A clue names its keepers: for everybody else there is none.
    "desk:cards": Entry(refused_unless(lambda ask: ask.has("matter.unseal")), also=_CLUES, sound=True), "desk:cards-renew": Entry(lambda ask: REFUSED if not ask.has("card.renew") else IN if ask.method == "GET" else MISSING, also=_CLUES), "portal:tip": PUBLIC, "portal:tip-look": PUBLIC,
    "desk:matter-unseal": Entry(_unseal, {"number": "cards"}, body={"purpose": "handle"}, also=_CLUES, sound=True),
    "desk:glass": Entry(_glass), "desk:matter-seers": Entry(missing_unless(Ask.reads), NUMBER),
    "desk:seers": Entry(_seen, {"family": ["household", "matters"], "code": "households"}),
    # ── duplicates, search by person, bulk, sheets ──
    "desk:likeness": Entry(_likeness), "desk:search-person": Entry(_by_person, body={"purpose": "handle"}), "desk:bulk": ANY,
    "desk:todo-sheet": ANY, "desk:todo-job": Entry(belongs("waiting_todo", "job"), {"job": "waiting_todo"}, sound=True),
    "desk:todo-file": Entry(belongs("todo_jobs", "job"), {"job": "todo_jobs"}, sound=True),
    "desk:bring": ANY, "desk:bring-one": Entry(refused_unless(_brings), {"name": ["orgs"]}),
    "desk:bring-empty": Entry(refused_unless(_brings), {"name": ["orgs"]}),
    "desk:bring-map": Entry(refused_unless(_brings), {"name": ["orgs"], "file": "brought"}),
    "desk:bring-export": Entry(belongs("exports", "job"), {"job": "exports"}, also=("administrator",), sound=True),
    "desk:bring-export-file": Entry(belongs("exports", "job"), {"job": "exports"}, also=("administrator",), sound=True),
    "desk:bring-job": Entry(belongs("bring_jobs", "job"), {"job": "bring_jobs"}, also=("administrator",), body={"do": "takeback", "sure": "1"}, sound=True),
    "desk:bring-errors": Entry(belongs("bring_jobs", "job"), {"job": "bring_jobs"}, also=("administrator",), sound=True),
    # ── service: a community's, a unit's, one's own ──
    "desk:service": Entry(refused_unless(lambda ask: ask.at("service.offer", ask.home))),
    "desk:service-unit": Entry(refused_unless(_works_at("service.list")), also=("liaison",)),
    "desk:service-points": Entry(refused_unless(lambda ask: ask.at("service.points", ask.home))),
    "desk:standing": Entry(refused_unless(lambda ask: ask.at("stand.set", ask.home))),
    "portal:my-service": MINE, "portal:my-service-record": MINE, "portal:my-service-sheet": MINE,
    "portal:my-service-certificate": MINE, "portal:service-keys": PUBLIC, "portal:service-check": PUBLIC,
    "portal:standing": Entry(lambda ask: IN if ask.method == "GET" or ask.who != "visitor" else DOOR, public=True),
    # ── courses ──
    "desk:courses": ANY, "desk:course": Entry(
        lambda ask: IN if ask.method == "GET" else kept("offers", "offer.end", no=REFUSED)(ask).replace(MISSING, REFUSED),
        {"code": "offers"}, body={"do": "end"}, sound=True,
    ), "desk:course-orders": ANY, "portal:courses": PUBLIC,
    "desk:course-new": Entry(refused_unless(lambda ask: ask.method == "GET" or ask.at("offer.make", ask.home))),
    "desk:course-lecturers": Entry(lambda ask: IN if ask.method == "GET" else REFUSED),  # an empty form names no post
    "desk:course-order": Entry(_order, {"number": "orders"}, also=("lecturer",)),
    "desk:course-tell": Entry(_order_told, {"number": "orders"}, also=("lecturer",)), "desk:course-loudspeaker": ANY,
    "desk:course-pace": ANY, "desk:course-pace-sheet": ANY, "desk:course-given": ANY,
    "desk:calls": ANY, "desk:call": Entry(
        refused_unless(lambda ask: ask.method == "GET" or able(ask, "call.publish", of(ask, "calls"))), {"code": "calls"}
    ), "portal:calls": PUBLIC, "portal:call": Entry(open_to_all, {"code": "calls"}, public=True),
    "desk:call-new": Entry(refused_unless(lambda ask: ask.method == "GET" or ask.at("call.open", ask.home))),
    "desk:training-reach": Entry(refused_unless(
        lambda ask: (ask.at("class.open", ask.home) or ask.at("training.plan", ask.home))
        and (ask.method == "GET" or ask.at("training.remind", ask.home)))),
    "desk:training-plans": ANY, "desk:training-plan": Entry(_under_plan, {"code": "training_plans"}, sound=True), "desk:training-plan-change": Entry(kept("training_plans", "training.plan"), {"code": "training_plans"}),
    "desk:training-plan-new": Entry(refused_unless(lambda ask: ask.method == "GET" or ask.at("training.plan", ask.home))),
    # ── booking: everybody sees what is free, who may act for an organization takes it for it; no place of this town is lent ──
    "portal:booking": PUBLIC,
    "portal:booking-place": Entry(
        lambda ask: DOOR if ask.method != "GET" and ask.who == "visitor" else IN, {"code": ["fac-room"]}, public=True
    ),
    # An empty form names no booking.
    "desk:booking": Entry(lambda ask: REFUSED if not _books(ask) else IN if ask.method == "GET" else MISSING),
    "desk:booking-places": Entry(refused_unless(_books)),
    "desk:booking-place": Entry(refused_unless(_books), {"code": ["fac-room"]}),
    "desk:booking-clear": Entry(missing_unless(lambda ask: able(ask, "gather.call_off", lies(A, legs=True))), {"code": ["fac-room"]}),
    "api:booking.places": PUBLIC, "api:booking.place": Entry(open_to_all, {"code": ["fac-room"]}, public=True, sound=True),
    "api:booking.take": Entry(refused_unless(lambda ask: ask.at("booking.book", A)), body=_booked, sound=True), "api:booking.back": Entry(kept("bookings", "gather.read", get="booking.give_back"), {"code": "bookings"}, sound=True),
    # ── homes: my own help, my own list ──
    "portal:help": MINE, "portal:help-fetch": Entry(belongs("helps", "number"), {"number": "helps"}, body={"do": "trust", "helper": "p-helper"}, sound=True), "portal:ask-skill": MINE,
    "portal:answers": PUBLIC, "portal:answer": Entry(refused_unless(lambda ask: ask.method == "GET" or ask.who != "visitor"), {"number": "answers"}, public=True, sound=True), "portal:quick": PUBLIC,
    "portal:apply": MINE,
    "portal:classes": PUBLIC, "portal:class": Entry(refused_unless(lambda ask: ask.method == "GET" or ask.who != "visitor"), {"code": "open_classes"}, public=True),
    "portal:class-certificate": Entry(lambda ask: MISSING, {"code": ["none"]}),
    # ── training ──
    "desk:classes": Entry(lambda ask: IN if ask.method == "GET" else MISSING),  # an empty form names no class
    "desk:class-new": Entry(refused_unless(lambda ask: ask.method == "GET" or ask.at("class.open", ask.home))),
    # ── lists that a district brings in ──
    "desk:checklists": Entry(refused_unless(lambda ask: ask.has("checklist.register"))),
    "desk:checklists-file": Entry(refused_unless(lambda ask: ask.has("checklist.register"))),
    # ── areas of posts ──
    "desk:areas": Entry(refused_unless(lambda ask: ask.has("area.give"))),
    "desk:class": Entry(_class, {"code": "closed_classes"}), "desk:class-certificate": NONE, "desk:class-roll": Entry(kept("closed_classes", "class.enrol"), {"code": "closed_classes", "slot": "sessions"}), "desk:lesson": Entry(_lesson, {"slot": "lessons"}),
    # ── call-outs ──
    "desk:callouts": Entry(refused_unless(lambda ask: ask.has("callout.read"))), "desk:callout": Entry(kept("callouts", "callout.read", post="callout.end"), {"code": "callouts"}, body={"do": "end"}, sound=True), "desk:callout-sheet": Entry(kept("callouts", "callout.read"), {"code": "callouts"}, sound=True),
    "desk:callout-new": Entry(refused_unless(lambda ask: ask.at("callout.declare", ask.home))),
    "desk:callout-fill": Entry(_fills, {"code": "callouts", "org": [A, B]}, sound=True),
    "desk:callout-away": Entry(refused_unless(lambda ask: ask.at("callout.home", ask.home))),
    "desk:callout-rosters": Entry(refused_unless(lambda ask: ask.at("callout.fill", ask.home))), "portal:my-shifts": ANY,
    # ── patrols, joint checks ──
    "desk:patrols": Entry(
        refused_unless(lambda ask: ask.has("patrol.read") and (ask.method == "GET" or ask.at("patrol.plan", ask.home)))
    ),
    "desk:patrol": Entry(kept("routes", "patrol.read", post="patrol.plan"), {"code": "routes"}, body={"do": "close"}, sound=True), "desk:patrol-codes": Entry(kept("routes", "patrol.read", get="patrol.plan", no=MISSING), {"code": "routes"}, sound=True), "desk:walk": Entry(missing_unless(lambda ask: ask.who == "secretary"), {"slot": "walks"}, body={"do": "finish"}),
    "desk:patrol-point": Entry(kept("marks", "patrol.read", name="mark"), {"mark": "marks"}), "desk:checks": Entry(
        refused_unless(lambda ask: ask.has("check.read"))  # an empty form names no time
    ),
    "desk:check": Entry(kept("checks", "check.read", post="check.record", name="slot"), {"slot": "checks"}, body={"minutes": "都好"}), "portal:rate-visit": PUBLIC,
    # ── local talents ──
    "desk:talents": Entry(
        refused_unless(
            lambda ask: ask.has("talent.read") and (ask.method == "GET" or ask.at("talent.name", ask.home))
        )
    ),
    "desk:talent": Entry(kept("talents", "talent.read", post="talent.end"), {"code": "talents"}, body={"do": "end"}, sound=True),
    "portal:my-growth": Entry(
        lambda ask: IN if ask.method == "GET" else REFUSED  # an empty form names nobody of mine
    ),
    # ── gatherings: their own tests ask about real ones ──
    "desk:gatherings": Entry(
        refused_unless(lambda ask: ask.has("gather.read") and (ask.method == "GET" or ask.at("gather.feed", ask.home)))
    ),
    "desk:gatherings-export": ANY,
    "api:gathering.list": Entry(refused_unless(lambda ask: ask.has("gather.read"))), "api:week.read": Entry(lambda ask: IN),
    "api:gathering.see": Entry(kept("slots", "gather.read"), {"code": "slots"}, public=True),
    # What is sent is judged before it is looked for: an empty body is told so.
    "api:gathering.seat": Entry(open_to_all, {"code": "open_slots"}, body={"do": "claim"}, sound=True),
    "api:gathering.rows": Entry(
        kept("slots", "gather.read", get="gather.list", deep=True), {"code": "slots"},
        body={"came": [{"status": "present", "name": "某甲", "phone": "13900009999"}]},
    ),
    "desk:gathering-new": Entry(refused_unless(lambda ask: ask.at("gather.open", ask.home))),
    "desk:gathering": Entry(
        kept("slots", "gather.read", post="gather.call_off"), {"code": "slots"}, body={"do": "call_off", "why": "weather"}, sound=True
    ), "desk:gathering-edit": Entry(kept("slots", "gather.read", get="gather.change"), {"code": "slots"}), "desk:gathering-screen": Entry(kept("slots", "gather.read", get="gather.attend", deep=True), {"code": "slots"}), "desk:gathering-sheet": Entry(kept("slots", "gather.read", get="gather.attend", deep=True), {"code": "slots"}),
    "desk:gathering-file": Entry(kept("filed_slots", "gather.read"), {"code": "filed_slots", "digest": "papers"}, sound=True),
    "portal:gathering-file": Entry(open_to_all, {"code": "filed_slots", "digest": "papers"}, public=True, sound=True),
    "portal:gatherings": PUBLIC, "portal:gathering": Entry(_open_slot, {"code": "slots"}, public=True),
    "portal:gathering-in": Entry(lambda ask: DOOR if ask.who == "visitor" else _open_slot(ask), {"code": "slots"}, public=True),
    "portal:station": Entry(open_to_all, {"code": "facilities"}, public=True),
    "portal:my-gatherings": MINE, "portal:calendar": Entry(open_to_all, {"secret": "feeds"}, public=True, sound=True),
}  # fmt: skip

#: Who else is asked in the normal run, where nobody of the few holds the right: key of the address by who.
ALSO = {
    "administrator": "desk:areas desk:bring-empty desk:bring-map desk:bring-one desk:grid-change desk:grids-draw desk:grids-import"
    " desk:grids-import-findings desk:grids-import-look desk:grids-shapes desk:grids-takeback desk:likeness desk:notices-status desk:plans",
    "supervisor": "api:due.read desk:dues desk:dues-coverage desk:dues-coverage-export desk:dues-together desk:duty-import"
    " desk:duty-import-empty desk:duty-import-errors desk:duty-import-map desk:glass",
    "clerk": "desk:import desk:import-map",
    "auditor": "desk:people-looks",
}
for _who, _keys in ALSO.items():
    for _key in _keys.split():
        ENTRIES[_key] = ENTRIES[_key]._replace(also=(*ENTRIES[_key].also, _who))

with_forms(ENTRIES)
