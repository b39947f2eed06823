"""One sheet: what is open, grouped by kind; who takes which; signatures; for print."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.handover import beats, ports, selectors, services
from baodao.orgs.handover.fold import Party, Sheet, fold
from baodao.orgs.handover.models import Handover
from baodao.orgs.handover.words import STATES, TONES
from baodao.people.selectors import token_for

from .common import act_of, row_or_missing, words_of

#: Items that are shown one by one; all go over.
SHOWN = 500


@page("desk", "handovers/<str:code>/", name="handover")
def handover(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet. A POST chooses heirs, signs, or makes it void."""
    by = act_of(request)
    row = row_or_missing(by, code)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _do(by, code, request)
            return HttpResponseRedirect(reverse("desk:handover", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
            row = row_or_missing(by, code)
    return render(
        request,
        "orgs/handover/sheet.html",
        status=problem.status if problem else 200,
        problem=problem,
        command=new_key("handover"),
        **_context(by, row),
    )


def _do(by: Act, code: str, request: HttpRequest) -> None:
    typed = request.POST
    what = typed.get("do", "")
    if what == "assign":
        chosen = [name[:80] for name in typed.getlist("item")]
        if not chosen and not typed.get("all"):
            raise Invalid.of("item", _("没有选哪几件"), _("勾选要交给这个岗位的事，或选“全部”"))
        services.assign(
            by, code=code, heir=typed.get("heir", "")[:48], items=[] if typed.get("all") else chosen
        )
    elif what == "sign":
        side, _colon, party = typed.get("party", "").partition(":")
        services.sign(
            by,
            code=code,
            side=side,
            party=party[:48],
            reason=typed.get("reason", "")[:400],
            seen=typed.get("seen", "")[:64],
        )
        # At once where its day has come; a worker goes on where this is interrupted.
        row, day = selectors.row_of(code), timezone.localdate(by.noted)
        if row is not None and row.state == "signed" and row.day <= day:
            beats.pass_all(code, by.noted)
    elif what == "drop":
        services.drop(by, code=code)
    else:
        raise Invalid.of("do", _("没有“%(name)s”这一步") % {"name": what[:20]}, _("请刷新页面"))


def _context(by: Act, row: Handover) -> dict[str, Any]:
    told = facts_of(f"handover:{row.code}")
    sheet = fold(told)
    assert sheet is not None
    done = row.state in ("done", "dropped")
    groups = [] if done else _groups(sheet)
    office = str(row.org)
    posts = {row.post, *sheet.heirs, *(sign.post for sign in sheet.signs.values())}
    post = selectors.post_of(row.post)
    day = max(row.day, orgs.today())
    candidates = [] if done else selectors.successors(office, day, row.post)
    words = words_of({*posts, "", *(one.code for one in candidates)}, office)
    listed = services.listing(sheet)
    reasons = texts_of([sign.fact for sign in sheet.signs.values() if sign.stands_in])
    subject = selectors.subject_of_row(row)
    return {
        "row": row,
        "sheet": sheet,
        "office": orgs.name_of(office),
        "words": words,
        "state": STATES[row.state],
        "tone": TONES[row.state],
        "groups": groups,
        "n": listed.n,
        "digest": listed.digest,
        "changed": any(sign.digest != listed.digest for sign in sheet.signs.values()) and not done,
        "parties": [_party(by, row, sheet, party, subject) for party in sheet.parties],
        "reasons": {fact: texts.get("reason", "") for fact, texts in reasons.items()},
        "candidates": [("", str(words[""]))]
        + [(one.code, f"{one.title} · {one.code}") for one in candidates],
        "may_assign": not done and allowed(by, "handover.assign", subject),
        "may_drop": not done and not row.passed and allowed(by, "handover.drop", subject),
        "ended": post is not None and post.until is not None and post.until <= orgs.today(),
        "grace": selectors.GRACE.days,
        "lapses": max(row.day, (post.until if post is not None else None) or row.day) + selectors.GRACE,
        "made_up": settings.DEMO or row.origin == "simulated",
    }


def _groups(sheet: Sheet) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for keeper in ports.keepers():
        groups[keeper.name] = {
            "title": keeper.title,
            "note": keeper.note,
            "follows": keeper.follows,
            "items": [],
        }
    for keeper, item in ports.refs_of(sheet.post, SHOWN):
        name = ports.ref(keeper, item)
        heir = "" if keeper.follows else sheet.heir_of(name)
        groups[keeper.name]["items"].append((name, item, heir))
    return sorted((one for one in groups.values() if one["items"]), key=lambda one: one["follows"])


def _party(by: Act, row: Handover, sheet: Sheet, party: Party, subject: Subject) -> dict[str, Any]:
    """One line for a signature: who, whether it was given, and how this reader may give it."""
    side, code = party
    sign = sheet.signs.get(party)
    post = selectors.post_of(code) if code else None
    own = post is not None and bool(post.person) and post.person == by.person
    office = not code and allowed(by, "handover.take", subject)
    may = row.state == "open" and sign is None and allowed(by, "handover.sign", subject)
    token = token_for(by.person, "service") if may and by.person else ""
    other = bool(token) and any(one.person == token for (at, _code), one in sheet.signs.items() if at != side)
    may = may and not other
    return {
        "other": other,
        "key": f"{side}:{code}",
        "side": side,
        "code": code,
        "sign": sign,
        "own": may and (own or office),
        "stand_in": may and bool(code) and not own and allowed(by, "handover.stand_in", subject),
    }


@page("desk", "handovers/<str:code>/sheet.xlsx", name="handover-sheet", methods=("GET", "HEAD"))
def sheet_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """What is open, with who takes it, as a workbook."""
    by = act_of(request)
    row = row_or_missing(by, code)
    sheet = fold(facts_of(f"handover:{code}"))
    assert sheet is not None
    words = words_of({*sheet.heirs, ""}, row.org)
    header = [_("类别"), _("编号"), _("事项"), _("情况"), _("日子"), _("接手")]
    rows = [
        [
            str(keeper.title),
            item.number,
            item.words,
            item.state,
            item.due,
            "" if keeper.follows else str(words[sheet.heir_of(ports.ref(keeper, item))]),
        ]
        for keeper, item in ports.refs_of(sheet.post, services.MOST)
    ]
    out = io.BytesIO()
    title = _("交接单 %(code)s") % {"code": code}
    write_xlsx(out, f"{_('模拟数据')} {title}" if settings.DEMO else title, header, iter(rows))
    return workbook(out.getvalue(), f"handover-{code}")
