"""Those who hold what nobody of the stories' town holds: a Party tree with two branches, keepers of clues, the platform of alerts, a
lecturer, a volunteer of a home, a neighbour with a skill, who tends the members' service; and the objects that are theirs."""

from __future__ import annotations

import io

from django.test import Client
from openpyxl import Workbook
from PIL import Image

from baodao.kernel.act import Subject
from tests.support import branches, cards
from tests.support.town import DISTRICT, OFFICE, SINCE, STREET, A, Town

from . import own
from .evenings import tomorrow
from .kept import Held, lies

HOME, SKILLED = "home-a", "skills-a"
#: who → (organization, kind of post). Each post is called p-<who>, as those of the town.
POSTS: dict[str, tuple[str, str]] = {
    **branches.POSTS,
    "keeper": (cards.COMMISSION, "card_keeper"),
    "second": (cards.COMMISSION, "card_keeper"),
    "approver": (cards.COMMISSION, "card_approver"),
    "inspector": (cards.INSPECTION, "inspector"),
    "platform": (STREET, "alert_platform"),
    "liaison": (OFFICE, "service_organizer"),
    "lecturer": (OFFICE, "lecturer"),
    "talents": (OFFICE, "talent_officer"),
    "helper": (HOME, "home_helper"),
    "skilled": (SKILLED, "skill_helper"),
}
#: organization → parent, beside the town's.
TREE = {
    branches.ROOT: "",
    branches.ABOVE: branches.ROOT,
    branches.BRANCH: branches.ABOVE,
    branches.NEXT: branches.ABOVE,
    cards.COMMISSION: DISTRICT,
    cards.INSPECTION: DISTRICT,
    HOME: A,
    SKILLED: A,
}
Found = dict[str, dict[str, Held]]


def widen(town: Town) -> None:
    """Organizations, people and posts."""
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs
    from baodao.people.services.identity import Entry, enrol

    from .stock import system

    where = branches.branches_of(town, "fuling")
    town.uids |= where.uids
    own.enlist(town)
    rows = (
        (cards.COMMISSION, "区纪委监委", "department", "bureau", DISTRICT),
        (cards.INSPECTION, "区委巡察办", "department", "bureau", DISTRICT),
        (HOME, "三号楼小家", "home", "home", A),
        (SKILLED, "农博士小组", "home", "interest_home", A),
    )
    create_orgs(
        system(),
        orgs=[
            NewOrg(code=c, name=n, level=level, kind=kind, since=SINCE, parent=p)
            for c, n, level, kind, p in rows
        ],
    )
    new = {who: place for who, place in POSTS.items() if who not in branches.POSTS}
    entries = [
        Entry(ref=who, name=f"某{who}", phone=f"136{n:04}7711", kind="staff") for n, who in enumerate(new)
    ]
    town.uids |= enrol(system(), entries=entries).uids
    posts = [NewPost(f"p-{who}", org, kind, town.uids[who], SINCE) for who, (org, kind) in new.items()]
    begin_posts(system(), posts=posts)


def wider(town: Town) -> Found:
    found: Found = {}
    for make in (_meetings, _papers, _cards, _alerts, _talks, _homes, _lessons, _demands, _firms, _feeds):
        found |= make(town)
    return found


def _meetings(town: Town) -> Found:
    """An evening that was, held by one branch together with the next one, and one that is planned."""
    from baodao.gather.branch.evening import Evening, Line
    from baodao.gather.branch.services import Plan, plan_meetings, record_meetings
    from baodao.orgs.rolls.models import Membership

    from .stock import by

    lines = [
        Line(token, "present")
        for token in Membership.objects.filter(org=branches.BRANCH).values_list("token", flat=True)
    ]
    was = Evening(
        org=branches.BRANCH, kinds=("theme_day",), starts=tomorrow(19, -3), ends=tomorrow(21, -3), lines=tuple(lines),
        minutes="学习了文件。", with_orgs=(branches.NEXT,), papers=(picture("yellow"),),
    )  # fmt: skip
    told = record_meetings(by(town, "psec"), meetings=[was])[0]
    plan = Plan(org=branches.BRANCH, kinds=("theme_day",), starts=tomorrow(19, 4), ends=tomorrow(21, 4))
    planned = plan_meetings(by(town, "psec"), plans=[plan])[0]
    held = lies(branches.BRANCH, 2, legs=True)
    sides = ((branches.BRANCH, ""), (branches.NEXT, ""))
    return {
        "meetings": {told: Held(Subject(ref=told, org=branches.BRANCH, level=2, legs=sides))},
        "planned": {planned: held},
        "branch_papers": {picture("yellow"): held},
    }


def picture(colour: str) -> str:
    """A stored picture; gives its hash."""
    from baodao.kernel.evidence import store

    from .stock import now

    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    out.seek(0)
    return str(store(out, "x.png", now=now()).hash)


def _papers(town: Town) -> Found:
    """A paper of the public gathering for all who may read it."""
    from baodao.gather.models import Slot
    from baodao.gather.services.enclosing import NewPaper, enclose

    from .stock import system

    digest = picture("blue")
    slot = Slot.objects.filter(org=A, level=0).values_list("code", flat=True)[0]
    enclose(system(), slot=slot, papers=[NewPaper(digest, "paper", "分工表", "slot")])
    return {"filed_slots": {slot: lies(A, 0)}, "papers": {digest: lies(A, 0)}}


def _cards(town: Town) -> Found:
    """A clue that came in without an account: it names its keepers, and nobody else has it."""
    from .world import subjects

    number, _code = cards.send(town, OFFICE, browser=Client())
    held = subjects([number])[number]
    assert held.level == 3 and {"p-keeper", "p-second"} <= set(held.named)
    return {"cards": {number: Held(held)}}


def _alerts(town: Town) -> Found:
    """One alert of a device of A with its still, which came from the platform of the street."""
    from baodao.matters.alerts.models import Alert
    from tests.support import alerts

    from .world import bearer_of, subjects

    alerts.register(alerts.device(alerts.LANE))
    alerts.trial()
    headers = bearer_of(town.uids["platform"], "p-platform")

    class Office:
        browser = Client(headers=headers)

    alerts.send(Office, alerts.alert(still=alerts.picture()))
    number = Alert.objects.values_list("matter", flat=True)[0]
    return {"alerts": {number: Held(subjects([number])[number])}}


def _talks(town: Town) -> Found:
    """A talk that A ordered from a menu of its own; a lecturer of the bureau was asked to give it."""
    from baodao.gather.courses.models import Offer
    from baodao.gather.courses.services import NewOrder, Telling, place_order, tell_lecturers

    from .stock import by, system
    from .world import subjects

    tell_lecturers(system(), lecturers=[Telling("p-lecturer", ("law",))])
    offer = Offer.objects.values_list("code", flat=True)[0]
    number = place_order(by(town, "secretary"), order=NewOrder(offer, "yard", "p-lecturer", text="想听"))
    return {"orders": {number: Held(subjects([number])[number])}}


def _homes(town: Town) -> Found:
    """Help that the resident asked of a home; an answer that a skilled neighbour published."""
    from tests.stories.test_N04_homes import fill

    browser = town.phone("resident").browser
    number = fill(browser, "/help/", do="ask", home=HOME).split("/")[2]
    asked = fill(browser, "/ask/", kind="farming", group=SKILLED, text="水稻叶子发黄").split("/")[2]
    steps = (
        ("skilled", "report_in", {}),
        ("skilled", "answer", {"claim": "solved", "result": "排水晒田。"}),
        ("resident", "confirm", {"answer": "solved"}),
        ("resident", "agree", {}),
        ("skilled", "publish", {"title": "水稻叶子发黄", "text": "多半是稻瘟病。"}),
    )
    from baodao.matters.services import act

    from .stock import by

    for who, action, fields in steps:
        act(by(town, who), number=asked, action=action, fields=fields)
    return {
        "helps": {number: lies(A, 2, persons=("resident",))},
        "answers": {asked: lies(A, 0)},
    }


def _lessons(town: Town) -> Found:
    """A lesson on line of the class whose list names the sibling."""
    from baodao.gather.courses.programmes.models import Klass
    from baodao.gather.courses.programmes.services import Line, NewSession, add_sessions, enrol_posts

    from .stock import system

    code = Klass.objects.filter(closed=True).values_list("code", flat=True)[0]
    enrol_posts(system(), lines=[Line(code, "p-sibling")])
    new = NewSession(tomorrow(9, -1), 60, "visits", way="on_line", until=tomorrow(9, 9))
    slots = add_sessions(system(), code=code, sessions=[new])
    return {"lessons": {one: lies(STREET, persons=("sibling",)) for one in slots}}


def _demands(town: Town) -> Found:
    """A table that the street asks of A, with the form to fill."""
    from tests.support.ledgers import begin

    from .sheets import upload
    from .world import subjects

    form = {
        "asked": "table", "title": "办结情况表", "rule": "某文件", "rhythm": "monthly", "minutes": "30", "rows": "1",
        "by": tomorrow(9, 20).date().isoformat(), "calls.0.org": A, "calls.0.role": "lead",
    }  # fmt: skip
    book, raw = Workbook(), io.BytesIO()
    for row in (("事项", "数"), ("受理量", ""), ("志愿服务队", "")):
        book.worksheets[0].append(row)
    book.save(raw)
    number = begin(town, "superior", "demand", **form, file=upload(raw.getvalue(), "表.xlsx"))
    return {"demands": {number: Held(subjects([number])[number])}}


def _firms(town: Town) -> Found:
    """What the resident wrote for a firm of his: its page has acts that its procedure declares."""
    from baodao.matters.services import Draft, open_

    from .stock import by

    fields = {"title": "新店开业", "text": "想办营业执照。"}
    draft = Draft(procedure="enterprise", org=STREET, kind="licence", fields=fields)
    (number,) = open_(by(town, "resident"), matters=[draft]).numbers
    return {"firms": {number: lies(STREET, 2, persons=("resident",))}}


def _feeds(town: Town) -> Found:
    """The address of a calendar."""
    from baodao.gather.services.renewing import renew_feed

    from .stock import by

    return {"feeds": {renew_feed(by(town, "resident")): lies(A, 0)}}
