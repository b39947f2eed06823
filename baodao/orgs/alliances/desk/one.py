"""One alliance: who is in it and since when, who was asked, what happened, what I may do; its members as a sheet."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.jinja import date_of
from baodao.kernel.pages import page, render
from baodao.kernel.show import Happening
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import Recorded, facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import facts
from baodao.orgs.alliances.beside import beside
from baodao.orgs.alliances.models import AllianceMember
from baodao.orgs.alliances.policies import of_org
from baodao.orgs.alliances.selectors import Seen, kinds_of
from baodao.orgs.alliances.words import ROLES, SHAPES, STATES

from .common import act_of, kind_words, seen_or_missing

PAGE, TOLD = 100, 200


class Offers(msgspec.Struct, frozen=True):
    """What one actor may do with one alliance today."""

    invite: bool
    end: bool
    accept: frozenset[str]
    decline: frozenset[str]
    leave: frozenset[str]


def offers(by: Act, seen: Seen, day: date) -> Offers:
    """Of every step, for whom it is open to this actor: the same questions as the verbs ask. No statement."""
    code, seat = seen.row.code, str(seen.row.seat_id)
    over = seen.row.until is not None and seen.row.until <= day
    convenes = not over and allowed(by, "alliance.invite", of_org(code, seat))

    def open_to(right: str, state: str, seat_too: bool) -> frozenset[str]:
        found = [str(t.org_id) for t in seen.ties if t.state == state and t.until is None and not over]
        return frozenset(
            org for org in found if (seat_too and convenes) or allowed(by, right, of_org(code, org))
        )

    return Offers(
        invite=convenes,
        end=not over and allowed(by, "alliance.end", of_org(code, seat)),
        accept=open_to("alliance.join", "invited", False),
        decline=open_to("alliance.decline", "invited", True),
        leave=open_to("alliance.leave", "joined", True) - {seat},
    )


@page("desk", "alliances/<str:code>/", name="alliance", methods=("GET", "HEAD"))
def alliance(request: HttpRequest, code: str) -> HttpResponse:
    """The alliance as it is today."""
    by, day = act_of(request), orgs.today()
    seen = seen_or_missing(by, code)
    row, wanted, behind = seen.row, request.GET.get("q", "").strip()[:40], request.GET.get("after", "")
    now = [tie for tie in seen.ties if tie.state == "joined" and (tie.until is None or tie.until > day)]
    rows = [tie for tie in _members(now, str(row.seat_id)) if wanted in orgs.name_of(str(tie.org_id))]
    start = next((n + 1 for n, tie in enumerate(rows) if str(tie.org_id) == behind), 0)
    shown = rows[start : start + PAGE]
    batch = request.GET.get("batch", "")
    return render(
        request,
        "orgs/alliances/one.html",
        row=row,
        name=seen.name,
        kind=kind_words(str(row.seat_id), row.kind, row.shape, day),
        shape=SHAPES[row.shape],
        seat_name=orgs.name_of(str(row.seat_id)),
        members=[(tie, orgs.name_of(str(tie.org_id)), ROLES[tie.role]) for tie in shown],
        total=len(rows),
        all_members=len(now),
        wanted=wanted,
        next_href=f"?q={wanted}&after={shown[-1].org_id}" if start + PAGE < len(rows) else "",
        first_href="?" if behind else "",
        asked=[(t, orgs.name_of(str(t.org_id)), ROLES[t.role]) for t in seen.ties if t.state == "invited"],
        past=[(t, orgs.name_of(str(t.org_id)), _ended(t)) for t in seen.ties if _over(t, day)],
        may=offers(by, seen, day),
        over=row.until is not None and row.until <= day,
        history=_history(code),
        beside=beside(by, row, kinds_of(str(row.seat_id), day).get(row.kind)),
        batch=batch if batch.startswith("alliance-") and len(batch) < 40 else "",
        day=day,
    )


def _members(ties: Sequence[AllianceMember], seat: str) -> list[AllianceMember]:
    return sorted(ties, key=lambda tie: (str(tie.org_id) != seat, tie.role == "helped", str(tie.org_id)))


def _over(tie: AllianceMember, day: date) -> bool:
    return tie.state in ("declined", "withdrawn") or (tie.until is not None and tie.until <= day)


def _ended(tie: AllianceMember) -> Any:
    return _("已退出") if tie.state == "joined" else STATES[tie.state]


@page("desk", "alliances/<str:code>/members.xlsx", name="alliance-export", methods=("GET", "HEAD"))
def export(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who was ever asked, with dates; the first columns are those that the import reads."""
    seen = seen_or_missing(act_of(request), code)
    header = [_("单位代码"), _("单位名称"), _("角色"), _("加入日期"), _("退出日期"), _("状态")]
    rows = (
        [
            str(t.org_id),
            orgs.name_of(str(t.org_id)),
            str(ROLES[t.role]),
            t.since,
            t.until,
            str(STATES[t.state]),
        ]
        for t in seen.ties
    )
    made_up = settings.DEMO or seen.row.origin == "simulated"
    out = io.BytesIO()
    write_xlsx(out, f"{_('模拟数据')} {seen.name}" if made_up else seen.name, header, rows)
    return workbook(out.getvalue(), f"alliance-{code}")


def _history(code: str) -> list[Happening]:
    """The newest facts in words, latest first. Two statements."""
    told = facts_of(f"alliance:{code}")[-TOLD:][::-1]
    posts = orgs.post_words({fact.post for fact in told if fact.post})
    rows = []
    for fact in told:
        post = posts.get(fact.post)
        by = f"{post.office} {post.title}" if post else ""
        rows.append(Happening(_sentence(fact), fact.happened, by=by, fact=fact.id))
    return rows


def _sentence(fact: Recorded) -> str:
    data = fact.data
    values = {"org": orgs.name_of(getattr(data, "member", "") or fact.org)}
    if isinstance(data, facts.Joined | facts.Invited):
        values |= {"role": str(ROLES[data.role]), "since": date_of(date.fromisoformat(data.since))}
        if isinstance(data, facts.Invited):
            return _("邀请 %(org)s 自 %(since)s 起加入（%(role)s）") % values
        return _("%(org)s 自 %(since)s 起加入（%(role)s）") % values
    if isinstance(data, facts.Declined):
        return (_("%(org)s 谢绝了邀请") if data.side == "member" else _("收回了给 %(org)s 的邀请")) % values
    if isinstance(data, facts.Left):
        words = (
            _("%(org)s 退出，%(until)s 起不在")
            if data.side == "member"
            else _("召集单位请 %(org)s 退出，%(until)s 起不在")
        )
        return words % {**values, "until": date_of(date.fromisoformat(data.until))}
    if isinstance(data, facts.Ended):
        return _("结束，%(until)s 起不存在") % {"until": date_of(date.fromisoformat(data.until))}
    return _("由 %(org)s 召集成立，自 %(since)s 起") % {
        **values,
        "since": date_of(date.fromisoformat(data.since)),
    }
