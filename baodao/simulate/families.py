"""Scenes of the declared families, one or a few of each, so that whoever comes sees every family alive: a drive with its ledger and
spot checks, a round, projects with a late milestone, a challenge scored blind, recommendations and duty chains, firms, five lists,
a mediation. All chance is their own: what was lived before stays as it was."""

import random
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from baodao.kernel.declare import get_pack
from baodao.matters.declare import Procedure
from baodao.matters.move import Called
from baodao.matters.services import Draft
from baodao.matters.versions import in_force
from baodao.orgs.ruling import NewPost
from baodao.orgs.selectors import pack_of
from baodao.orgs.services import begin_posts
from baodao.people.services.identity import Entry, enrol

from . import clock, words
from .district import SINCE, Cast, act_at
from .life import Life, Scene, office

Beginning = tuple[datetime, Callable[[datetime], Scene]]
#: Telephone numbers of a district's block behind those of staff and residents.
PHONES = 9000


def mediators(cast: Cast, now: datetime, rng: random.Random) -> None:
    """A people's mediator in the first community that calls departments, and one at its street."""
    first = int(cast.district) % 1000 * 10_000 + PHONES
    seats = (cast.callers[0], cast.callers[0][:9])
    entries = [
        Entry(ref=str(n), name=words.name(rng), phone=words.phone(first + n)) for n in range(len(seats))
    ]
    by = act_at(now, f"sim-{cast.prefix}-mediators")
    uids = enrol(by, entries=entries, org=cast.district).uids
    posts = []
    for n, org in enumerate(seats):
        code = f"{org}.mediator"
        posts.append(NewPost(code=code, org=org, kind="mediator", person=uids[str(n)], since=SINCE))
        cast.appoint(code, uids[str(n)], org, "mediator")
    begin_posts(act_at(now, f"sim-{cast.prefix}-mediator-posts"), posts=posts)


def scenes(life: Life) -> Iterator[Beginning]:
    """(moment, scene) of all, over the last weeks of the life."""
    told: tuple[tuple[int, Callable[[Life, datetime], Scene]], ...] = (
        (13, drive),
        (9, round_),
        (30, project),
        (28, challenge),
        (16, recommendation),
        (15, duty_chain),
        (14, firm),
        (12, loan),
        (26, five_lists),
        (11, needs),
        (22, mediation),
        (10, reminder),
    )
    for n, (ago, scene) in enumerate(told):
        moment = clock.after_work_hours(life.workdays_ago(ago), 0.1 + n * 0.2, life.works, life.zone)
        yield moment, lambda at, run=scene: run(life, at)  # type: ignore[misc]


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


class Seats:
    """Posts that the scenes act in: a community, its street, two bureaus."""

    def __init__(self, life: Life) -> None:
        cast = life.cast
        self.community, self.street = cast.callers[0], cast.callers[0][:9]
        self.one, self.other, self.third = life.prompt[:3]
        self.secretary = cast.post_at(self.community, "community_secretary")
        self.head = cast.post_at(self.street, "department_head")
        self.handler = cast.post_at(self.one, "handler")
        self.second = cast.post_at(self.other, "handler")
        self.last = cast.post_at(self.third, "handler")
        self.supervisor = cast.post_at(cast.district, "supervisor")


def _kind(org: str, procedure: str, wanted: str = "") -> str:
    """The kind wanted where the district has it, else its first."""
    names = [one.name for one in in_force(org, procedure).procedure.kinds]
    return wanted if wanted in names else next(iter(names), "")


def _begin(life: Life, post: str, at: datetime, procedure: str, fields: dict[str, Any], **more: Any) -> str:
    """One matter begun by a post for its own organization."""
    org = life.cast.holds(post)[1]
    kind = _kind(org, procedure, more.pop("kind", ""))
    draft = Draft(procedure=procedure, org=org, kind=kind, fields=fields, **more)
    return life.open(life.staff(post, at), draft)


def _day(life: Life, at: datetime, days: int) -> str:
    return (life.day_of(at) + timedelta(days=days)).isoformat()


def _grid(life: Life, org: str) -> str:
    grids = life.grids.get(org)
    return grids[0].code if grids else ""


def _photo(life: Life) -> list[str]:
    return life.pictures[:1]


# ── ledgers ─────────────────────────────────────────────────────────────────────────────────────────────


def drive(life: Life, at: datetime) -> Scene:
    """A drive with four problems (struck off, mended, late, sent back) and a spot check that found two faults."""
    who = Seats(life)
    fields = {"title": "背街小巷环境整治", "text": "全街道的背街小巷和农贸市场，查环境、查设施。"}
    number = _begin(life, who.head, at, "campaign", fields, kind="creation")
    if not number:
        return
    at = yield office(6)
    plan = {"plan": "每周抽查两处，一处一清单，整改完由另一个人复核。", "until": _day(life, at, 90)}
    life.do(life.staff(who.head, at), number, "plan", **plan)
    found = []
    for title, org in (
        ("北巷口垃圾点没有围挡", who.one),
        ("下水篦子堵塞", who.other),
        ("路灯三盏不亮", who.third),
        ("宣传栏破损", who.community),
    ):
        given = {"title": title, "text": f"{title}，抽查时发现。", "org": org}
        found.append(_begin(life, who.head, at, "problem", given, about=number, kind="service"))
    at = yield office(7)
    for post, one in zip((who.handler, who.second), found[:2], strict=True):
        life.do(life.staff(post, at), one, "report_in")
    at = yield office(20)
    for post, one in zip((who.handler, who.second), found[:2], strict=True):
        result = {"claim": "mended", "result": "已经整改，换了新的。", "photo": _photo(life)}
        life.do(life.staff(post, at), one, "answer", **result)
    at = yield office(6)
    life.do(life.staff(who.head, at), found[0], "pass", how="site", note="到现场看过。")
    yield from _spot_check(life, at, who, number)


def _spot_check(life: Life, at: datetime, who: Seats, drive_: str) -> Scene:
    place = _grid(life, who.community)
    fields = {"title": "南门农贸市场", "by": _day(life, at, 10)}
    number = _begin(life, who.head, at, "spot_check", fields, about=drive_, kind="market", place=place)
    at = yield office(9)
    declared = in_force(life.cast.holds(who.head)[1], "spot_check").procedure
    rows = {
        item.name: {"result": "fail", "note": "看到了，拍了照。"}
        for item in declared.checklist("market").items
    }
    given = {"list": rows, "org": who.one, "by": _day(life, at, 14), "photo": _photo(life)}
    life.do(life.staff(who.head, at), number, "check", **given)


def round_(life: Life, at: datetime) -> Scene:
    """A community goes its round of a compound: two items fail; another round is due."""
    who = Seats(life)
    place = _grid(life, who.community)
    first = _begin(life, who.secretary, at, "round", {"title": "东苑小区巡查"}, kind="compound", place=place)
    at = yield office(8)
    items = _items(who.community, "round", "compound")
    rows = {name: {"result": "fail" if n < 2 else "ok", "note": "楼道口停了电动车。" if n < 2 else ""}
            for n, name in enumerate(items)}  # fmt: skip
    given = {"list": rows, "org": who.one, "by": _day(life, at, 20), "photo": _photo(life)}
    life.do(life.staff(who.secretary, at), first, "check", **given)
    at = yield office(44)
    _begin(life, who.secretary, at, "round", {"title": "南门市场巡查"}, kind="market", place=place)


def _items(org: str, procedure: str, kind: str) -> list[str]:
    declared: Procedure = in_force(org, procedure).procedure
    return [item.name for item in declared.checklist(kind).items]


# ── projects, challenges ────────────────────────────────────────────────────────────────────────────────


def project(life: Life, at: datetime) -> Scene:
    """A project with three milestones: accepted, late (so that it is supervised), to come; and a pilot that failed."""
    who = Seats(life)
    fields = {"title": "老旧小区管网改造", "text": "三个小区的雨污管网。", "amount": 1_200_000_00}
    number = _begin(life, who.head, at, "project", fields, kind="major")
    stones = (("施工图审完", who.one, 12), ("开工", who.other, 20), ("通水", who.third, 120))
    for title, org, days in stones:
        given = {"title": title, "org": org, "by": _day(life, at, days)}
        life.do(life.staff(who.head, at), number, "milestone", **given)
    at = yield office(30)
    done = {"result": "图审意见已回复。", "photo": _photo(life)}
    life.do(life.staff(who.handler, at), number, "answer", leg=1, **done)
    at = yield office(8)
    life.do(life.staff(who.head, at), number, "accept", leg=1, note="收到图审合格书。")
    pilot = {
        "title": "撤桶并点",
        "text": "一个小区先试一个月。",
        "counted": "一周满溢几次（环卫日报）",
        "baseline": "14",
    }
    tried = _begin(life, who.head, at, "project", pilot, kind="pilot")
    given = {"title": "试一个月", "org": who.one, "by": _day(life, at, 20)}
    life.do(life.staff(who.head, at), tried, "milestone", **given)
    at = yield office(40)
    life.do(life.staff(who.handler, at), tried, "answer", leg=1, result="试完了。")
    at = yield office(6)
    life.do(life.staff(who.head, at), tried, "accept", leg=1)
    end = {"result": "居民绕路，满溢没少。", "reached": "13", "decision": "failed"}
    life.do(life.staff(who.head, at), tried, "finish", **end)


def challenge(life: Life, at: datetime) -> Scene:
    """A challenge with one plan scored blind by three, and one still being scored."""
    who = Seats(life)
    fields = {"title": "老小区停车难", "text": "一百个车位，三百辆车。", "by": _day(life, at, 40)}
    calls = (Called(who.community, role="lead"), Called(who.one, role="co"))
    number = _begin(life, who.head, at, "challenge", fields, calls=calls)
    at = yield office(9)
    life.do(life.staff(who.secretary, at), number, "report_in", leg=1)
    life.do(life.staff(who.handler, at), number, "report_in", leg=2)
    judges = (who.handler, who.second, who.last)
    for title, unit, least in (("错时共享车位", who.community, 3), ("立体车库", who.one, 1)):
        at = yield office(5)
        text = f"{title}：怎么做、花多少、谁来管。"
        given = {"title": title, "text": text, "unit": unit}
        plan = _begin(life, who.head, at, "bid", given, about=number)
        for post in judges:
            org = life.cast.holds(post)[1]
            life.do(life.staff(who.head, at), plan, "ask_judge", org=org, post=post)
        at = yield office(8)
        for n, (post, points) in enumerate(zip(judges, (72, 88, 80), strict=True), 1):
            if n > least:
                break
            life.do(life.staff(post, at), plan, "declare_none", leg=n)
            life.do(life.staff(post, at), plan, "score", leg=n, points=points, reason="算得清，可落地。")
        if least == len(judges):
            life.do(life.staff(who.head, at), plan, "close_scores")


# ── duties ──────────────────────────────────────────────────────────────────────────────────────────────


def recommendation(life: Life, at: datetime) -> Scene:
    """One recommendation answered, one waiting, with a copy."""
    who = Seats(life)
    for title, org, post, answered in (
        ("完善路灯巡检记录", who.one, who.handler, True),
        ("规范窗口告知", who.other, who.second, False),
    ):
        given = {"title": title, "text": "抽查时没有找到记录，建议建立台账。", "org": org}
        number = _begin(life, who.head, at, "recommendation", given)
        life.do(life.staff(who.head, at), number, "copy", org=who.third)
        at = yield office(6)
        life.do(life.staff(post, at), number, "report_in", leg=1)
        if answered:
            at = yield office(20)
            reply = {"claim": "part", "result": "系统明年上线，先用纸质台账。"}
            life.do(life.staff(post, at), number, "reply", **reply)


def duty_chain(life: Life, at: datetime) -> Scene:
    """A duty of which nobody answers yet."""
    who = Seats(life)
    given = {"title": "夜间路灯巡修", "text": "谁知道、谁去修、谁负责。"}
    number = _begin(life, who.head, at, "duty_chain", given)
    life.do(life.staff(who.head, at), number, "name_does", org=who.one)
    life.do(life.staff(who.head, at), number, "name_knows", org=who.community)
    at = yield office(5)
    life.do(life.staff(who.handler, at), number, "sign", leg=1)


def reminder(life: Life, at: datetime) -> Scene:
    """A reminder between two people, acknowledged."""
    who = Seats(life)
    given = {
        "title": "网格例会记录",
        "text": "连续两个月没有记录，下月起每月补上。",
        "org": who.community,
        "post": who.secretary,
        "by": _day(life, at, 45),
    }
    number = _begin(life, who.head, at, "reminder", given)
    at = yield office(6)
    life.do(life.staff(who.secretary, at), number, "acknowledge")


# ── firms and services ──────────────────────────────────────────────────────────────────────────────────


def firm(life: Life, at: datetime) -> Scene:
    """A firm asks once: one service answered and was spoken of, one answered, one is silent."""
    who = Seats(life)
    fields: dict[str, Any] = {
        "title": "新店开业手续",
        "text": "招牌、用水、环评一起问。",
        "firm": "模拟·某餐饮店",
    }
    if "seat" in _open_fields(who.street, "enterprise"):
        fields["seat"] = "trade_area"
    calls = tuple(
        Called(org, role="lead" if n == 0 else "co") for n, org in enumerate((who.one, who.other, who.third))
    )
    number = _begin(life, who.head, at, "enterprise", fields, kind="licence", calls=calls)
    at = yield office(5)
    for n, post in enumerate((who.handler, who.second), 1):
        life.do(life.staff(post, at), number, "report_in", leg=n)
        at = yield office(9)
        life.do(life.staff(post, at), number, "answer", leg=n, claim="solved", result="材料齐了，当场办好。")
    life.do(life.staff(who.head, at), number, "rate", leg=1, verdict="good")


def _open_fields(org: str, procedure: str) -> set[str]:
    action = in_force(org, procedure).procedure.action("open")
    return set(action.fields) if action is not None else set()


def loan(life: Life, at: datetime) -> Scene:
    """A firm without a name looks for money; one answer says what is missing."""
    who = Seats(life)
    fields = {"trade": "trade_shop", "size": "micro", "amount": 300_000_00, "text": "年底备货，有一年流水。"}
    calls = (Called(who.one, role="lead"), Called(who.other, role="co"))
    number = _begin(life, who.head, at, "financing", fields, calls=calls)
    at = yield office(10)
    answer = {"claim": "short", "missing": "还差六个月的纳税记录"}
    life.do(life.staff(who.handler, at), number, "answer", leg=1, **answer)


def five_lists(life: Life, at: datetime) -> Scene:
    """One service rated by residents, one under way."""
    who = Seats(life)
    for title, count, done in (("老人理发进小区", 23, True), ("周末磨刀修伞", 41, False)):
        fields = {"title": title, "text": "居民会上点的。", "count": count}
        number = _begin(life, who.secretary, at, "service_order", fields)
        order = {"org": who.one, "amount": 3600_00, "by": _day(life, at, 45)}
        life.do(life.staff(who.secretary, at), number, "order", **order)
        at = yield office(8)
        life.do(life.staff(who.handler, at), number, "report_in")
        if done:
            at = yield office(30)
            result = {"result": "做了三次。", "served": 61, "spent": 3600_00, "photo": _photo(life)}
            life.do(life.staff(who.handler, at), number, "carry_out", **result)
            at = yield office(8)
            life.do(life.staff(who.secretary, at), number, "rate_order", rated=20, liked=18)


def _fields(org: str, procedure: str, action: str) -> Collection[str]:
    """What an action asks for where this organization is."""
    found = get_pack(pack_of(org)).many(Procedure)[procedure].action(action)
    return found.fields if found is not None else ()


def needs(life: Life, at: datetime) -> Scene:
    """Needs put to an organ: one promised, one unanswered."""
    who = Seats(life)
    for title, promised in (("活动室漏水", True), ("缺一块公示栏", False)):
        given = {"title": title, "text": "请帮忙。", "org": who.one}
        number = _begin(life, who.secretary, at, "need", given, kind="place")
        if promised:
            at = yield office(8)
            said = {"text": "派人来修。", "by": _day(life, at, 20)}
            # A district may ask for the post that answers for it.
            said |= {"contact": who.handler} if "contact" in _fields(who.one, "need", "promise") else {}
            life.do(life.staff(who.handler, at), number, "promise", **said)


def mediation(life: Life, at: datetime) -> Scene:
    """Neighbours who agreed, with the follow-up to come; and a quarrel whose sides are being asked."""
    community = life.cast.callers[0]
    post = life.cast.post_at(community, "mediator")
    if not post:
        return
    agreed = _begin(life, post, at, "mediation", {"title": "楼上漏水到楼下", "parties": 2}, kind="water")
    life.do(life.staff(post, at), agreed, "report_in")
    at = yield office(8)
    for party in ("a", "b"):
        life.do(life.staff(post, at), agreed, "consent", party=party, photo=_photo(life))
    at = yield office(8)
    talk = {"held": life.day_of(at).isoformat(), "text": "先各说各的，再看现场。"}
    life.do(life.staff(post, at), agreed, "session", **talk)
    at = yield office(16)
    paper = {"agreement": "楼上月底前修好防水，楼下粉刷费各半。", "follow": _day(life, at, 40)}
    life.do(life.staff(post, at), agreed, "agree", **paper, paper=_photo(life))
    asked = _begin(life, post, at, "mediation", {"title": "夜里练琴", "parties": 2}, kind="noise")
    at = yield office(5)
    life.do(life.staff(post, at), asked, "report_in")
