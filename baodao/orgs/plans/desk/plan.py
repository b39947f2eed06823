"""One plan: its changes, what they touch, adding, taking out, confirming, undoing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import Tx
from baodao.ledger.selectors import facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.plans import selectors, services
from baodao.orgs.plans.applying import apply, sorted_out
from baodao.orgs.plans.lines import ASKS, SHORT, Asked, Line
from baodao.orgs.plans.models import OrgPlan
from baodao.orgs.plans.sheet import person_of
from baodao.orgs.plans.words import STATES, TONES

from .common import act_of, row_or_missing, told

PAGE = 100
_TYPED = ("kind", "org", "other", "post", "post_kind", "phone", "now", "name", "level", "org_kind", "code", "members", "note")  # fmt: skip


@page("desk", "plans/<str:code>/", name="plan")
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """The plan; each button is one verb."""
    by = act_of(request)
    row = row_or_missing(by, code)
    typed = {name: request.POST.get(name, "")[:400] for name in _TYPED}
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _do(by, row, request, typed)
            return HttpResponseRedirect(reverse("desk:plan", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
            row = row_or_missing(by, code)
    return render(
        request,
        "orgs/plans/plan.html",
        status=problem.status if problem else 200,
        problem=problem,
        typed=typed,
        command=new_key("plan"),
        **_context(by, row, request, checks=problem is None),
    )


def _do(by: Act, row: OrgPlan, request: HttpRequest, typed: dict[str, str]) -> None:
    what, version = request.POST.get("do", ""), request.POST.get("version", "")
    seen = whole_number(version) or 0
    if what == "add":
        services.add_lines(by, code=row.code, rows=[_asked(typed, row)], version=seen)
    elif what == "remove":
        numbers = [n for one in request.POST.getlist("line") if (n := whole_number(one)) is not None]
        services.remove_lines(by, code=row.code, numbers=numbers, version=seen)
    elif what == "confirm":
        services.confirm_plan(by, code=row.code, version=seen)
    elif what == "undo":
        services.undo_plan(by, code=row.code)
    elif what == "drop":
        services.drop_plan(by, code=row.code)
    else:
        raise Invalid.of("do", _("没有“%(name)s”这一步") % {"name": what[:20]}, _("请刷新页面"))


def _asked(typed: dict[str, str], row: OrgPlan) -> Asked:
    """The form as a row: organizations by name or code, the person by phone or post."""

    def org(field: str) -> str:
        text = typed[field].strip()
        fresh = {line.org for _n, line in selectors.lines_of(row.code) if line.kind == "found"}
        return (
            text
            if not text or text in fresh or (typed["kind"] == "found" and field == "org")
            else org_named(text, row.day, field)
        )

    members = tuple(
        org_named(one, row.day, "members")
        for one in typed["members"].replace("，", ",").split(",")
        if one.strip()
    )
    return Asked(
        typed["kind"],
        org("org") if typed["org"].strip() else "",
        other=org("other"),
        post=typed["post"].strip(),
        post_kind=typed["post_kind"],
        person=person_of(typed["phone"], typed["now"]),
        name=typed["name"].strip(),
        level=typed["level"],
        org_kind=typed["org_kind"].strip(),
        code=typed["code"].strip(),
        members=members,
        note=typed["note"].strip(),
    )


def _context(by: Act, row: OrgPlan, request: HttpRequest, *, checks: bool) -> dict[str, Any]:
    lang = translation.get_language() or "zh-hans"
    lines = selectors.lines_of(row.code)
    today = orgs.today()
    start = whole_number(request.GET.get("after", "")) or 0
    shown = [one for one in lines if one[0] > start][: PAGE + 1]
    draft, waiting = row.state == "draft", row.state == "confirmed" and row.day > today
    pack = orgs.home_pack()
    titles = {
        code: (kind.title_en if lang.startswith("en") else "") or kind.title
        for code, kind in orgs.post_kinds(pack).items()
        if code not in ("anyone", "person", "system")
    }
    levels = {
        code: (one.title_en if lang.startswith("en") else "") or one.title
        for code, one in orgs.levels(pack).items()
    }
    return {
        "row": row,
        "office": orgs.name_of(str(row.org_id)),
        "state": _("已生效") if row.state == "confirmed" and not waiting else STATES[row.state],
        "tone": TONES[row.state],
        "lines": told(shown[:PAGE], lang),
        "total": len(lines),
        "next_href": f"?after={shown[PAGE - 1][0]}" if len(shown) > PAGE else "",
        "first_href": "?" if start else "",
        "touch": selectors.touch(lines, row.day) if lines else None,
        "short": SHORT,
        "hindrance": _hindrance(by, row, lines, today) if draft and lines and checks else None,
        "draft": draft,
        "may_add": draft and selectors.may(by, "plan.add", row),
        "may_confirm": draft and bool(lines) and selectors.may(by, "plan.confirm", row),
        "may_undo": waiting and selectors.may(by, "plan.undo", row),
        "may_drop": draft and selectors.may(by, "plan.drop", row),
        "asks": [(kind, str(words)) for kind, words in ASKS.items()],
        "kinds": list(titles.items()),
        "levels": list(levels.items()),
        "history": facts_of(f"plan:{row.code}"),
        "today": today,
    }


def _hindrance(by: Act, row: OrgPlan, lines: list[tuple[int, Line]], today: Any) -> Problem | None:
    """Why the plan cannot be confirmed as it stands: the same steps as confirming takes, written nowhere."""
    clash = selectors.clashes(row.code, lines, today)
    if clash:
        one = clash[0]
        reason = _("第 %(n)d 项：计划 %(plan)s“%(title)s”%(day)s 也要动它") % {
            "n": one.line, "plan": one.plan, "title": one.title, "day": one.day,
        }  # fmt: skip
        return Invalid.of("", reason, _("先撤回那个计划，或从这里去掉"))
    try:
        apply(Tx(by, "plan.confirm"), sorted_out(lines), row.day, orgs.read_forest())
    except Problem as problem:
        return problem
    return None
