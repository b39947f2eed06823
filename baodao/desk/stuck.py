"""The leader's page: what is stuck and between whom, the longest first, and promises whose day has passed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from baodao.kernel.act import Act, new_key
from baodao.kernel.pages import page, render
from baodao.kernel.selectors import current_calendar
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.matters import stuck
from baodao.matters.policies import READ
from baodao.matters.promises import Promise, late_promises
from baodao.matters.stuck import Asked, Pair, Stuck
from baodao.matters.tallies import selectors as tallies
from baodao.orgs.selectors import name_of
from baodao.people.door import act_from

from .scope import Scope, restricted, scope_of, sees_whole

PAGE, EXPORTED, FIRST = 50, 5000, 8
#: Views that are not a reason alone: legs called outside by this organization itself, promises.
OURS, PROMISES = "ours", "promises"
VIEWS = ("", *stuck.WHYS, OURS, PROMISES)


class Line(Struct, frozen=True):
    """A stuck leg as the page says it. ``between``: the unit, and for whom or what it stands; ``exact``: the due."""

    number: str
    why: str
    tone: str
    about: str
    unit: str
    between: str
    since: datetime
    how_long: str
    procedure: str


def _view_words() -> dict[str, str]:
    return {
        "": _("全部"),
        "unreported": _("没有报到"),
        "late": _("逾期没办完"),
        "caller": _("等派出的单位"),
        "disputed": _("争议，等裁定"),
        "waiting": _("等前面的办完"),
        OURS: _("我们请的别处单位"),
        PROMISES: _("说好的日子过了"),
    }


@page(
    "desk",
    "stuck/",
    name="stuck",
    nav=(4, gettext_lazy("卡在哪里")),
    methods=("GET", "HEAD"),
    right=READ,
    opens=sees_whole,
)
def board(request: HttpRequest) -> HttpResponse:
    """What is stuck in an organization and below. Seven statements at most."""
    by = act_from(request, command=new_key())
    scope, view, asked = _asked(request, by)
    after = request.GET.get("after", "")
    lines, promises, further = _page(by, view, asked, after)
    first = view == "" and not (after or asked.unit or asked.caller)
    pairs, more = stuck.pairs(Asked(scope.org), by.noted) if first else ([], False)
    query = _query(scope, view, asked)
    return render(
        request,
        "desk/stuck.html",
        scope=scope,
        view=view,
        asked=asked,
        views=[
            (f"?{_query(scope, name, Asked(scope.org))}", words, name == view)
            for name, words in _view_words().items()
        ],
        title=_view_words()[view],
        lines=lines,
        pairs=[_pair(scope, pair) for pair in pairs],
        more_pairs=more,
        promises=promises,
        late=late_promises(scope.org, by.noted, by.lang, limit=FIRST) if first else None,
        promises_href=f"?{_query(scope, PROMISES, Asked(scope.org))}",
        shut=restricted(scope.org, tallies.open_in(scope.org).shut) if first else 0,
        filtered=[
            (name_of(code), _query(scope, view, Asked(scope.org)))
            for code in (asked.unit, asked.caller)
            if code
        ],
        export=f"{reverse('desk:stuck-export')}?{query}",
        next_href=f"?{query}&{urlencode({'after': further})}" if further else "",
        first_href=f"?{query}" if after else "",
        name=name_of,
    )


def _asked(request: HttpRequest, by: Act) -> tuple[Scope, str, Asked]:
    scope, view = scope_of(request, by), request.GET.get("view", "")
    view = view if view in VIEWS else ""
    return scope, view, Asked(
        scope.org,
        why=view if view in stuck.WHYS else "",
        unit=request.GET.get("unit", "")[:32],
        caller=request.GET.get("caller", "")[:32],
    )  # fmt: skip


def _query(scope: Scope, view: str, asked: Asked) -> str:
    told = {"org": scope.org, "view": view, "unit": asked.unit, "caller": asked.caller}
    return urlencode({name: value for name, value in told.items() if value})


def _page(
    by: Act, view: str, asked: Asked, after: str, size: int = PAGE
) -> tuple[list[Line], list[Promise], str]:
    """(lines, promises, mark of the next page): one of the two is empty."""
    if view == PROMISES:
        kept = late_promises(asked.org, by.noted, by.lang, after, size + 1)
        return [], kept[:size], kept[size - 1].mark if len(kept) > size else ""
    if view == OURS:
        found = stuck.called_elsewhere(asked.org, by.noted, by.lang, after, size + 1)
    else:
        found = stuck.stuck(asked, by.noted, by.lang, after, size + 1)
    return _lines(found[:size], by.noted), [], found[size - 1].mark if len(found) > size else ""


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────


def _lines(found: Sequence[Stuck], now: datetime) -> list[Line]:
    calendar, words = current_calendar(), _view_words()
    return [
        Line(
            number=one.number,
            why=words[one.why],
            tone="late" if one.late else "",
            about=f"{one.kind} · {one.words[:60]}" if one.words else one.kind,
            unit=name_of(one.org),
            between=_between(one),
            since=one.since,
            how_long=calendar.left_words(one.since, now)
            if one.why != "waiting"
            else _waited(one.called, now),
            procedure=one.procedure,
        )
        for one in found
    ]


def _between(one: Stuck) -> str:
    """For whom or for what the leg stands still."""
    caller = name_of(one.caller) if one.caller else ""
    if one.why == "disputed":
        rulers = "、".join(one.rulers)
        return _("等%(who)s裁定") % {"who": rulers} if rulers else _("等裁定，没有找到能裁定的岗位")
    if one.why == "waiting":
        before = "、".join(name_of(org) for org in one.on)
        return _("等%(who)s办完") % {"who": before} if before else _("等前面的办完")
    if one.why == "caller":
        return _("等%(who)s回应") % {"who": caller} if caller else _("等派出的单位回应")
    return _("%(who)s请的") % {"who": caller} if caller and caller != name_of(one.org) else _("居民反映的")


def _waited(since: datetime, now: datetime) -> str:
    return _("等了 %(n)d 天") % {"n": max(0, (now - since).days)}


def _pair(scope: Scope, pair: Pair) -> dict[str, Any]:
    return {
        "unit": name_of(pair.unit),
        "caller": name_of(pair.caller) if pair.caller and pair.caller != pair.unit else _("居民"),
        "n": pair.n,
        "since": pair.since,
        "href": "?" + _query(scope, "", Asked(scope.org, unit=pair.unit, caller=pair.caller)),
    }


# ── export ──────────────────────────────────────────────────────────────────────────────────────────────


@page("desk", "stuck.xlsx", name="stuck-export", methods=("GET", "HEAD"), right=READ)
def export(request: HttpRequest) -> HttpResponse:
    """The view as it is filtered, 5,000 rows at most; no names, no telephone numbers, nothing of level 2."""
    by = act_from(request, command=new_key())
    _scope, view, asked = _asked(request, by)
    lines, promises, _further = _page(by, view, asked, "", EXPORTED)
    mark = f"{_('模拟数据')} " if settings.DEMO else ""
    title = f"{mark}{_view_words()[view]} {timezone.localdate(by.noted)}"
    out = io.BytesIO()
    if view == PROMISES:
        header = [_("编号"), _("什么事"), _("单位"), _("说好的日子"), _("最近一次动静")]
        rows = [[one.number, _about(one), name_of(one.org), one.day, one.moved] for one in promises]
    else:
        header = [
            _("编号"),
            _("事项"),
            _("什么事"),
            _("为什么卡住"),
            _("卡在谁那里"),
            _("和谁之间"),
            _("到期"),
            _("多久了"),
        ]
        rows = [
            [one.number, one.procedure, one.about, one.why, one.unit, one.between, one.since, one.how_long]
            for one in lines
        ]
    write_xlsx(out, title, header, rows)
    name = "simulated-stuck" if settings.DEMO else "stuck"
    return workbook(out.getvalue(), f"{name}-{timezone.localdate(by.noted)}")


def _about(one: Promise) -> str:
    return f"{one.kind} · {one.words[:60]}" if one.words else one.kind
