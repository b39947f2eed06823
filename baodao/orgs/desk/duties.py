"""Duty lists on the desk: who has which, one list as of a day, its versions, and the list as a sheet."""

import io
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Subject, new_key
from baodao.kernel.errors import Missing, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import duties, selectors
from baodao.orgs.duties import KINDS, Duty, Version
from baodao.people.door import act_from

from .orgs import day_of

#: Items on a screen, and on the page that is printed; versions of the history.
PAGE, WHOLE, VERSIONS = 50, 2000, 20


def own_org(request: HttpRequest) -> str:
    """Organization of the post acted in."""
    post = who_of(request).post
    return post.org if post is not None else ""


def may(request: HttpRequest, right: str, org: str) -> bool:
    """Whether the page shows a way to do this. No statement."""
    by = act_from(request, command=new_key("read"))
    return allowed(by, right, Subject(ref=f"duty:{org}", org=org, level=1))


@page("desk", "duties/", name="duties", nav=(71, gettext_lazy("履职清单")), methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """The lists of the district on a day, the own one first, and a search over all items."""
    day, own = day_of(request), own_org(request)
    home = duties.district_of(own, day)
    words = request.GET.get("q", "").strip()[:40]
    lists = duties.lists_within(day, [home])
    found = duties.search_duties(words, day, [home], kinds=tuple(KINDS), limit=PAGE) if words else []
    waiting = duties.changes_within(day, [home], state="open", limit=PAGE)
    return render(
        request,
        "orgs/duties.html",
        day=day,
        words=words,
        lists=sorted((_line(one) for one in lists), key=lambda line: line[0].org != own),
        own=own,
        found=[(duty, selectors.name_of(duty.org)) for duty in found],
        more=len(found) == PAGE,
        kinds=KINDS,
        waiting=len(waiting),
        may_adopt=may(request, "duty.adopt", home),
        district=selectors.name_of(home),
        adopted=_number(request.GET["adopted"]) if "adopted" in request.GET else None,
        same=_number(request.GET.get("same", "")),
    )


def _line(version: Version) -> tuple[Version, str]:
    return version, selectors.name_of(version.org)


def _reading(request: HttpRequest, org: str, day: date) -> None:
    """Missing without such an organization; refused outside the district."""
    node = selectors.forest().nodes.get(org)
    if node is None:
        raise Missing.of("org", _("没有这个组织"), _("请从组织目录里选"))
    # A list is also read for days on which its organization was no more.
    when = day if node.at(day) else node.since
    reader = own_org(request)
    if not (duties.readable(reader, org, day) or duties.readable(reader, org, when)):
        raise Refused.of("", _("这是别的区县的清单"), _("请向那个区县索取"))


@page("desk", "duties/<str:org>/", name="duty-list", methods=("GET", "HEAD"))
def one(request: HttpRequest, org: str) -> HttpResponse:
    """One organization's list as of a day: by class, by words, in pages; whole for print."""
    day = day_of(request)
    _reading(request, org, day)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    words = request.GET.get("q", "").strip()[:40]
    whole = request.GET.get("all") == "1"
    size = WHOLE if whole else PAGE
    after = _number(request.GET.get("after", ""))
    rows = duties.duties_of(org, day, kind=kind, words=words, after=after, limit=size + 1)
    shown = rows[:size]
    asked = {key: value for key, value in (("on", day.isoformat()), ("kind", kind), ("q", words)) if value}
    version = duties.version_on(org, day)
    counts = duties.counts_of(org, day) if version else {}
    return render(
        request,
        "orgs/duty_list.html",
        org=org,
        name=selectors.name_of(org),
        day=day,
        version=version,
        rows=shown,
        counts=[(one, words_, counts.get(one, 0)) for one, words_ in KINDS.items()],
        total=sum(counts.values()),
        kind=kind,
        kinds=KINDS,
        words=words,
        whole=whole,
        query=urlencode(asked),
        next_href=f"?{urlencode({**asked, 'after': shown[-1].place})}" if len(rows) > size else "",
        first_href=f"?{urlencode(asked)}" if after else "",
        may_adopt=may(request, "duty.adopt", org),
        may_propose=may(request, "duty.propose_change", org) and day == selectors.today(),
    )


def _number(text: str) -> int:
    return n if (n := whole_number(text) or 0) < 10**7 else 0


@page("desk", "duties/<str:org>/history/", name="duty-history", methods=("GET", "HEAD"))
def history(request: HttpRequest, org: str) -> HttpResponse:
    """The versions, the newest first, each with what it changed."""
    _reading(request, org, selectors.today())
    versions = duties.versions_of([org])
    held = duties.items_of([version.code for version in versions[: VERSIONS + 1]])
    steps = []
    for number, version in enumerate(versions[:VERSIONS]):
        before = versions[number + 1] if number + 1 < len(versions) else None
        change = duties.difference(held[before.code], held[version.code]) if before else None
        steps.append((version, change))
    return render(
        request,
        "orgs/duty_history.html",
        org=org,
        name=selectors.name_of(org),
        steps=steps,
        more=max(0, len(versions) - VERSIONS),
        kinds=KINDS,
    )


@page("desk", "duties/<str:org>/export.xlsx", name="duty-export", methods=("GET", "HEAD"))
def export(request: HttpRequest, org: str) -> HttpResponse:
    """The whole list of a day as a sheet that can be imported again."""
    day = day_of(request)
    _reading(request, org, day)
    version = duties.version_on(org, day)
    rows = duties.duties_of(org, day)
    mark = settings.DEMO or (version is not None and version.origin == "simulated")
    return sheet(f"duties-{org}-{day}", rows, simulated=mark)


def sheet(name: str, rows: Iterable[Duty], *, simulated: bool = False) -> HttpResponse:
    """Items under the titles that the import knows."""
    out = io.BytesIO()
    header = [
        _("单位"),
        _("单位代码"),
        _("事项编号"),
        _("事项"),
        _("类别"),
        _("依据"),
        _("关键词"),
        _("生效日"),
    ]
    title = (_("模拟数据") + " " if simulated else "") + _("履职清单")
    write_xlsx(out, title, header, (_cells(duty) for duty in rows))
    return workbook(out.getvalue(), name)


def _cells(duty: Duty) -> list[Any]:
    return [
        selectors.forest().name(duty.org),
        duty.org,
        duty.code,
        duty.title,
        str(KINDS[duty.kind]),
        duty.basis,
        duty.keywords,
        duty.since,
    ]
