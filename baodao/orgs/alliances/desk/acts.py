"""What either side may do with an alliance: invite, accept, decline, leave, end. Each is asked once more before it is done."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.declare import ROLES as ROLES_OF
from baodao.orgs.alliances.policies import of_org
from baodao.orgs.alliances.ruling import Decline, EndAlliance, Invite, Join, Leave
from baodao.orgs.alliances.selectors import Seen
from baodao.orgs.alliances.services import (
    decline_invitations,
    end_alliances,
    invite_members,
    join_alliances,
    leave_alliances,
)
from baodao.orgs.alliances.words import ROLES

from .common import act_of, org_named, seen_or_missing, suggestions, typed_of
from .one import Offers, offers


class Wanted(msgspec.Struct, frozen=True):
    """What was filled in: the organization ("" for an end), its role, the day."""

    org: str
    role: str
    day: date


class Step(msgspec.Struct, frozen=True):
    """One thing to do: its words, whether it asks for a role and a day, for whom it is open, how it is done."""

    title: Any
    button: Any
    day: Any
    role: bool
    orgs: Callable[[Offers], frozenset[str] | None]
    """None: any organization may be named; empty: not open."""
    do: Callable[[Act, str, Wanted], Any]


def _named(may: Offers) -> frozenset[str] | None:
    return None if may.invite else frozenset()


def _ends(may: Offers) -> frozenset[str]:
    return frozenset({""}) if may.end else frozenset()


STEPS: dict[str, Step] = {
    "invite": Step(
        gettext_lazy("邀请单位"), gettext_lazy("邀请"), gettext_lazy("哪天起"), True, _named,
        lambda by, code, w: invite_members(by, invites=[Invite(code, w.org, w.day, w.role)]),
    ),
    "accept": Step(
        gettext_lazy("接受邀请"), gettext_lazy("接受，加入"), gettext_lazy("哪天起"), False, lambda may: may.accept,
        lambda by, code, w: join_alliances(by, joins=[Join(code, w.org, w.day)]),
    ),
    "decline": Step(
        gettext_lazy("谢绝或收回邀请"), gettext_lazy("不加入"), "", False, lambda may: may.decline,
        lambda by, code, w: decline_invitations(by, declines=[Decline(code, w.org)]),
    ),
    "leave": Step(
        gettext_lazy("退出"), gettext_lazy("退出"), gettext_lazy("哪天起不在"), False, lambda may: may.leave,
        lambda by, code, w: leave_alliances(by, leaves=[Leave(code, w.org, w.day)]),
    ),
    "end": Step(
        gettext_lazy("结束这个共建组织"), gettext_lazy("结束"), gettext_lazy("哪天起不存在"), False, _ends,
        lambda by, code, w: end_alliances(by, ends=[EndAlliance(code, w.day)]),
    ),
}  # fmt: skip


@page("desk", "alliances/<str:code>/<str:what>/", name="alliance-act")
def act(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """The form of one step, then what it means, then the step."""
    step = STEPS.get(what)
    if step is None:
        raise Missing.of("", _("这一页不存在，或者不对您开放"), _("请核对地址，或回到首页"))
    by, day = act_of(request), orgs.today()
    seen = seen_or_missing(by, code)
    may = step.orgs(offers(by, seen, day))
    if may is not None and not may:
        raise Refused.of("", _("这一步现在不由您的岗位办，或者已经办过"), _("回到这个共建组织看现在的情形"))
    typed = typed_of(request, 200)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            wanted = _wanted(typed, seen, step, may)
            if typed.get("do") == "send":
                step.do(by, code, wanted)
                return HttpResponseRedirect(reverse("desk:alliance", kwargs={"code": code}), status=303)
            if typed.get("do") == "check":
                means = _means(by, seen, what, wanted)
                return _form(request, seen, what, typed | {"org": wanted.org}, may, means=means)
        except Problem as caught:
            problem = _plain(caught)
    return _form(request, seen, what, typed, may, problem=problem)


def _wanted(typed: dict[str, str], seen: Seen, step: Step, may: frozenset[str] | None) -> Wanted:
    day = day_typed(typed.get("day", ""), "day", orgs.today())
    org = typed.get("org", "")
    if may is None:
        org = org_named(org, day, "org")
    elif may == {""}:
        org = ""
    elif org not in may:
        raise Invalid.of("org", _("请选一个单位"), _("只能选列出来的"))
    role = typed.get("role", "") if step.role else ""
    if role and role not in ROLES_OF[seen.row.shape]:
        raise Invalid.of("role", _("请选一个角色"))
    return Wanted(org, role, day)


def _plain(problem: Problem) -> Problem:
    """Faults of the verbs (``invites[0].since``) at the fields of the form."""
    if not isinstance(problem, Invalid):
        return problem
    days = {"since", "until"}
    found = []
    for fault in problem.faults:
        field = fault.field.rpartition(".")[2]
        found.append(msgspec.structs.replace(fault, field="day" if field in days else field))
    return Invalid(*found)


def _means(by: Act, seen: Seen, what: str, wanted: Wanted) -> str:
    """What the step does, and who will see it, in one sentence."""
    code, own = seen.row.code, wanted.org
    values = {"org": orgs.name_of(own), "name": seen.name, "day": wanted.day.isoformat()}
    if what == "invite" and allowed(by, "alliance.join", of_org(code, own)):
        return _("%(org)s 在您的职责范围内：确认后 %(day)s 起就是成员，各成员单位都看得到。") % values
    sentences = {
        "invite": _("%(org)s 会看到邀请；它自己的岗位接受以后，才是“%(name)s”的成员。"),
        "accept": _("%(org)s 自 %(day)s 起加入“%(name)s”，各成员单位都看得到。"),
        "decline": _("给 %(org)s 的邀请就此结束，召集单位看得到；以后还可以再邀请。"),
        "leave": _("%(day)s 起 %(org)s 不再是“%(name)s”的成员，历史留着，各成员单位都看得到。"),
        "end": _("%(day)s 起“%(name)s”不存在，成员和等着的邀请一起结束，历史留着。"),
    }
    return sentences[what] % values


def _form(
    request: HttpRequest,
    seen: Seen,
    what: str,
    typed: dict[str, str],
    may: frozenset[str] | None,
    *,
    problem: Problem | None = None,
    means: str = "",
) -> HttpResponse:
    step, day = STEPS[what], orgs.today()
    return render(
        request,
        "orgs/alliances/act.html",
        status=problem.status if problem else 200,
        code=seen.row.code,
        name=seen.name,
        what=what,
        step=step,
        choices=[(org, orgs.name_of(org)) for org in sorted(may or ()) if org],
        free=may is None,
        offered=suggestions(str(seen.row.seat_id), day) if may is None and not means else [],
        roles=[(role, ROLES[role]) for role in ROLES_OF[seen.row.shape]] if step.role else [],
        typed={"day": max(day, seen.row.since).isoformat(), **typed},
        problem=problem,
        means=means,
        command=new_key("alliance"),
    )
