"""The list of alliances, its spreadsheet, and the part of an organization's page that links to it."""

import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import selectors
from baodao.orgs.alliances.selectors import Belonging, Listed, Wish
from baodao.orgs.alliances.words import ROLES
from baodao.orgs.policies import reach_of

from .common import act_of, kind_title, kind_words

PAGE, COUNTED, EXPORTED = 50, 500, 2000
VIEWS = ("", "waiting", "ended")


def wish_of(request: HttpRequest) -> Wish:
    """What the list is narrowed to; what nobody knows is left out."""
    view = request.GET.get("view", "")
    return Wish(
        q=request.GET.get("q", "").strip()[:40],
        kind=request.GET.get("kind", "")[:32],
        org=request.GET.get("org", "")[:32],
        view=view if view in VIEWS else "",
    )


def _asked(wish: Wish) -> str:
    return urlencode({name: value for name, value in msgspec.to_builtins(wish).items() if value})


@page(
    "desk",
    "alliances/",
    name="alliances",
    nav=(72, gettext_lazy("共建组织")),
    methods=("GET", "HEAD"),
    right="alliance.read",
)
def alliances(request: HttpRequest) -> HttpResponse:
    """Invitations that wait for me on top, then all that I may see."""
    by, day, wish = act_of(request), orgs.today(), wish_of(request)
    behind = request.GET.get("after", "")[:48]
    rows = selectors.listed(by, wish, day, behind, PAGE + 1)
    query, shown = _asked(wish), rows[:PAGE]
    total = selectors.count(by, wish, day, COUNTED)
    home = who_of(request).post
    kinds = selectors.kinds_of(home.org if home else "", day)
    return render(
        request,
        "orgs/alliances/list.html",
        rows=[(row, kind_words(row.seat, row.kind, row.shape, day), orgs.name_of(row.seat)) for row in shown],
        waiting=_waiting(by) if not behind else [],
        wish=wish,
        kinds=[(code, kind_title(kind)) for code, kind in kinds.items()],
        total=min(total, COUNTED),
        capped=total > COUNTED,
        views=[("", _("现有的")), ("waiting", _("有邀请在等")), ("ended", _("已结束"))],
        query=query,
        narrowed=bool(wish.q or wish.kind or wish.org),
        org_name=orgs.name_of(wish.org) if wish.org else "",
        founding=bool(reach_of(by, "alliance.found")),
        next_href=f"?{query}&after={shown[-1].code}" if len(rows) > PAGE else "",
        first_href=f"?{query}" if behind else "",
        day=day,
    )


def _waiting(by: Act) -> list[dict[str, Any]]:
    return [
        {
            "code": str(tie.alliance_id),
            "name": tie.alliance.name,
            "org": str(tie.org_id),
            "org_name": orgs.name_of(str(tie.org_id)),
            "seat": orgs.name_of(str(tie.alliance.seat_id)),
            "role": ROLES[tie.role],
            "since": tie.since,
        }
        for tie in selectors.waiting_for(by)
    ]


@page("desk", "alliances/alliances.xlsx", name="alliances-export", methods=("GET", "HEAD"))
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed, as a spreadsheet."""
    by, day = act_of(request), orgs.today()
    rows = selectors.listed(by, wish_of(request), day, limit=EXPORTED)
    out = io.BytesIO()
    header = [_("代码"), _("名称"), _("类别"), _("召集单位"), _("成员数"), _("等答复"), _("起"), _("止")]
    write_xlsx(out, marked(_("共建组织"), rows), header, (_cells(row, day) for row in rows))
    return workbook(out.getvalue(), f"alliances-{day}")


def marked(title: str, rows: list[Listed]) -> str:
    """The sheet's title, which says so when anything in it is simulated."""
    made_up = settings.DEMO or any(row.origin == "simulated" for row in rows)
    return f"{_('模拟数据')} {title}" if made_up else title


def _cells(row: Listed, day: date) -> list[Any]:
    return [
        row.code, row.name, kind_words(row.seat, row.kind, row.shape, day), orgs.name_of(row.seat),
        row.members, row.waiting, row.since, row.until,
    ]  # fmt: skip


def ties_of(request: HttpRequest, org: str, day: date) -> list[tuple[Belonging, str, Any]]:
    """For an organization's page (macro `ties` of orgs/alliances/bits.html): its alliances that this reader may
    see, each with the words of kind and role. One statement."""
    found = selectors.alliances_of(org, day, act_of(request))
    return [(one, kind_words(one.seat, one.kind, one.shape, day), ROLES[one.role]) for one in found]
