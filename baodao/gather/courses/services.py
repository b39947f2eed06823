"""Writes to the menu, to lecturers, and the placing of orders. Verbs take lists; a page passes a list of one."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, verb
from baodao.matters.services.intake import Draft, open_one
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults

from . import facts
from .declare import lists_of
from .models import Lecturer, Offer, Order
from .selectors import PROCEDURE, column, in_force, listed, of_org

LONGEST = 480
MOST_A_MONTH = 31


class NewOffer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic for the menu. ``forms`` are of the pack, ``lecturers`` posts (none: whoever tells the subject)."""

    org: str
    subject: str
    title: str
    forms: tuple[str, ...]
    since: date
    minutes: int = 60
    sessions: int = 1
    about: str = ""
    lecturers: tuple[str, ...] = ()


class Telling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a post gives from now on; without subjects nothing."""

    post: str
    subjects: tuple[str, ...]
    days: tuple[int, ...] = ()
    most: int = 0


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order of the organization whose post acts."""

    offer: str
    form: str
    lecturer: str
    wish: date | None = None
    heads: int = 0
    text: str = ""


@verb("offer.make")
def make_offers(tx: Tx, by: Act, *, offers: list[NewOffer]) -> list[str]:
    """Put topics on the menu; gives their codes. Raises Invalid with every fault."""
    for org in sorted({one.org for one in offers}) or [""]:
        tx.ask("offer.make", of_org(org))
    faults = Faults("offers")
    for place, one in enumerate(offers):
        judge_offer(faults, place, one)
    posts_there(faults, {place: one.lecturers for place, one in enumerate(offers)}, "lecturers")
    faults.close()
    first, codes = (tx.number("offer", len(offers)) if offers else 0), []
    for at, one in enumerate(offers):
        code = f"of-{first + at:06}"
        data = facts.OfferMade(
            subject=one.subject, forms=tuple(sorted(one.forms)), minutes=one.minutes, since=one.since.isoformat(),
            sessions=one.sessions, lecturers=tuple(sorted(one.lecturers)),
        )  # fmt: skip
        texts = {"title": one.title.strip(), "about": one.about.strip()}
        told = {name: text for name, text in texts.items() if text}
        tx.fact(data, subject=f"offer:{code}", org=one.org, level=0, texts=told)
        tx.insert(Offer, **offer_columns(code, one.org, data, by.origin, told))
        codes.append(code)
    return codes


def judge_offer(faults: Faults, place: int, one: NewOffer) -> None:
    """Everything that is wrong with one offer, but for its lecturers. No statement."""
    lists = lists_of(one.org, one.since)
    if one.subject not in lists.subjects:
        faults.add(place, "subject", _("要从清单里选一类"), "、".join(lists.subjects))
    faults.text(place, "title", one.title, 2, 80)
    faults.text(place, "about", one.about, 0, 500)
    faults.day(place, "since", one.since)
    if find_private(f"{one.title}\n{one.about}"):
        faults.add(place, "about", _("里面有电话或证件号码"), _("请删掉，居民都能看到"))
    if not one.forms or len(set(one.forms)) < len(one.forms):
        faults.add(place, "forms", _("至少选一种形式，不能重复"))
    for form in one.forms:
        if form not in lists.forms:
            faults.add(place, "forms", _("没有“%(form)s”这种形式") % {"form": form}, "、".join(lists.forms))
        elif one.subject in lists.subjects and not lists.fits(one.subject, form):
            words = {"form": lists.forms[form].title}
            faults.add(
                place,
                "forms",
                _("“%(form)s”要记名，这一类的听众只数人数") % words,
                _("请选不记名的形式"),
            )
    if not 10 <= one.minutes <= LONGEST:
        faults.add(place, "minutes", _("一次 10 到 %(most)d 分钟") % {"most": LONGEST})
    most = max((lists.forms[form].sessions for form in one.forms if form in lists.forms), default=1)
    if not 1 <= one.sessions <= most:
        faults.add(place, "sessions", _("这几种形式最多讲 %(most)d 次") % {"most": most})


def posts_there(faults: Faults, posts: dict[int, tuple[str, ...]], key: str) -> None:
    """Posts that are named are there. One statement."""
    wanted = sorted({post for codes in posts.values() for post in codes})
    known = orgs.post_words(wanted) if wanted else {}
    for place, codes in posts.items():
        for post in codes:
            if post not in known:
                faults.add(
                    place, key, _("没有 %(post)s 这个岗位") % {"post": post}, _("请从组织页上抄岗位代码")
                )


@verb("offer.end")
def end_offers(tx: Tx, by: Act, *, codes: list[str], until: date) -> list[str]:
    """Take topics off the menu; orders under way go on."""
    held = Offer.objects.in_bulk(codes)
    for org in sorted({str(row.org_id) for row in held.values()}) or [""]:
        tx.ask("offer.end", of_org(org))
    for code in sorted(set(codes)):
        row = held.get(code)
        if row is None or row.until is not None:
            raise Conflict.of("code", _("菜单上没有这个题目"), _("请刷新页面"))
        ends = max(until, row.since)
        tx.fact(
            facts.OfferEnded(until=ends.isoformat()), subject=f"offer:{code}", org=str(row.org_id), level=0
        )
        kept = {field.attname: getattr(row, field.attname) for field in Offer._meta.concrete_fields}
        tx.upsert(Offer, ("code",), **{**kept, "until": ends})
    return sorted(set(codes))


@verb("lecturer.tell")
def tell_lecturers(tx: Tx, by: Act, *, lecturers: list[Telling]) -> list[str]:
    """What posts give, on which days, how often: told by themselves or by their organization."""
    posts = {one.post: orgs.post(one.post) for one in lecturers}
    for _code, post in sorted(posts.items()) or [("", None)]:
        tx.ask("lecturer.tell", of_org(str(post.org_id) if post else "", (post.person,) if post else ()))
    faults, day = Faults("lecturers"), orgs.today()
    for place, one in enumerate(lecturers):
        post = posts[one.post]
        if post is None:
            faults.add(place, "post", _("没有这个岗位"))
            continue
        known = lists_of(str(post.org_id), day).subjects
        for subject in one.subjects:
            if subject not in known:
                faults.add(place, "subjects", _("要从清单里选"), "、".join(known))
        if set(one.days) - set(range(1, 8)):
            faults.add(place, "days", _("星期几写 1 到 7"))
        if not 0 <= one.most <= MOST_A_MONTH:
            faults.add(place, "most", _("一个月 0 到 %(most)d 场，0 是不限") % {"most": MOST_A_MONTH})
    faults.close()
    for one in lecturers:
        post = posts[one.post]
        assert post is not None
        data = facts.LecturerTold(tuple(sorted(set(one.subjects))), tuple(sorted(set(one.days))), one.most)
        tx.fact(data, subject=f"post:{one.post}", org=str(post.org_id), level=1)
        tx.upsert(Lecturer, ("post",), **lecturer_columns(one.post, str(post.org_id), data, by.origin))
    return [one.post for one in lecturers]


@verb("order.place")
def place_order(tx: Tx, by: Act, *, order: NewOrder) -> str:
    """Order an offer for one's own organization; gives the number of the matter that the order is. Asks
    ``talk_order.open``. Raises Invalid, Refused."""
    org, day = by.office, timezone.localdate(by.noted)
    row = Offer.objects.filter(code=order.offer).first()
    if row is None or not in_force(row, day):
        tx.ask(f"{PROCEDURE}.open", of_org(org))
        raise Invalid.of("offer", _("菜单上没有这个题目了"), _("请从菜单里选"))
    lists, post = lists_of(str(row.org_id), day), orgs.post(order.lecturer)
    if f",{order.form}," not in row.forms or not lists.fits(row.subject, order.form):
        raise Invalid.of("form", _("这个题目没有这种形式"), _("请从列出的形式里选"))
    if post is None or not Lecturer.objects.filter(post=order.lecturer).exclude(subjects="").exists():
        raise Invalid.of("lecturer", _("没有这位讲师"), _("请从列出的讲师里选"))
    if order.wish is not None and order.wish < day:
        raise Invalid.of("wish", _("这一天过了"), _("请选今天以后的日子"))
    if not 0 <= order.heads <= 100_000:
        raise Invalid.of("heads", _("人数不对"), _("请填大约多少人，不知道就不填"))
    given = {
        "org": str(post.org_id), "post": order.lecturer, "title": row.title, "text": order.text,
        "wish": order.wish.isoformat() if order.wish else "", "heads": order.heads or "",
    }  # fmt: skip
    state = open_one(tx, by, Draft(procedure=PROCEDURE, org=org, fields=given))
    data = facts.OrderPlaced(
        order.offer, order.form, order.wish.isoformat() if order.wish else "", order.heads
    )
    tx.fact(data, subject=state.subject, about=f"offer:{order.offer}", org=org, level=1)
    tx.insert(Order, **order_columns(state.number, org, data, day, by.origin))
    return state.number


# ── facts as rows ───────────────────────────────────────────────────────────────────────────────────────


def offer_columns(
    code: str, org: str, data: facts.OfferMade, origin: str, texts: dict[str, str]
) -> dict[str, Any]:
    """An offer as model columns."""
    return {
        "code": code, "org_id": org, "subject": data.subject, "forms": column(data.forms), "level": 0, "origin": origin,
        "lecturers": column(data.lecturers), "title": texts.get("title", ""), "about": texts.get("about", ""),
        "minutes": data.minutes, "sessions": data.sessions, "since": date.fromisoformat(data.since), "until": None,
    }  # fmt: skip


def lecturer_columns(post: str, org: str, data: facts.LecturerTold, origin: str) -> dict[str, Any]:
    """What a post gives as model columns."""
    days = column([str(day) for day in data.days])
    return {
        "post": post, "org_id": org, "subjects": column(data.subjects), "days": days, "most": data.most, "level": 1,
        "origin": origin,
    }  # fmt: skip


def order_columns(number: str, org: str, data: facts.OrderPlaced, day: date, origin: str) -> dict[str, Any]:
    """A new order as model columns."""
    return {
        "number": number, "offer": data.offer, "org": org, "form": data.form, "placed": day,
        "wish": date.fromisoformat(data.wish) if data.wish else None, "heads": data.heads, "held": None, "sessions": 0,
        "came": 0, "days": None, "first": False, "channels": "", "stars": None, "origin": origin,
    }  # fmt: skip


def announced_columns(data: facts.OrderAnnounced, before: str) -> dict[str, Any]:
    """Channels told by, with those ``before`` (as the column keeps them)."""
    return {"channels": column(sorted({*listed(before), *data.channels}))}


def met_columns(data: facts.OrderMet, came: int) -> dict[str, Any]:
    """What came of an order, as the columns that change."""
    day = date.fromisoformat(data.day)
    return {"held": day, "sessions": data.sessions, "came": came, "days": data.days, "first": data.first}
