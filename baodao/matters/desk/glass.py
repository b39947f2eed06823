"""Break-glass on the desk: ask to see one restricted matter, what is open to me now; and who can see a matter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number
from baodao.matters.policies import READ, contact_right, subject_of
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import see
from baodao.matters.services.glass import OPEN, close_glass, open_glass
from baodao.orgs.policies import reach_of
from baodao.orgs.powers.desk.seeing import shown
from baodao.orgs.powers.seeing import Part, Seen, add_parts, register_seen
from baodao.orgs.powers.watchers import held
from baodao.people.declare import OF_MATTERS, choices
from baodao.people.door import act_from
from baodao.places.selectors import grid


@page("desk", "glass/", name="glass", nav=(83, gettext_lazy("紧急查看")), right=OPEN)
def glass(request: HttpRequest) -> HttpResponse:
    """The form; a request waits for the second person. Below: what is open to this post."""
    typed = request.POST
    by = act_from(
        request,
        command=typed.get("command", "")[:200] or new_key("glass"),
        purpose=typed.get("purpose", "")[:40],
    )
    if not reach_of(by, OPEN):
        raise Refused.of("", _("您的岗位不能紧急查看受限的事"), _("请由督办员、审计督查员或知情范围裁定人办"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if code := typed.get("close", "")[:16]:
                close_glass(by, code=code)
            else:
                hours = typed.get("hours", "")
                number = typed.get("number", "").strip().upper()[:24]
                open_glass(
                    by,
                    number=number,
                    reason=typed.get("reason", ""),
                    hours=whole_number(hours) or 0,
                )
            return HttpResponseRedirect(reverse("desk:glass"), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "matters/desk/glass.html",
        status=problem.status if problem else 200,
        problem=problem if problem is not None and problem.status != 202 else None,
        waits=problem if problem is not None and problem.status == 202 else None,
        rows=[(row, row.subject.partition(":")[2]) for row in held(by.person, by.post, by.noted)],
        purposes=choices(OF_MATTERS, by.lang),
        typed=typed if problem is not None and problem.status != 202 else {},
        command=new_key("glass"),
    )


@page("desk", "matters/<str:number>/seers/", name="matter-seers", methods=("GET", "HEAD"))
def seers(request: HttpRequest, number: str) -> HttpResponse:
    """Who can see this matter now, and why: read from the policy itself."""
    by = act_from(request, command=new_key())
    return shown(request, by, "matter", number, _seen(by, number))


def _seen(by: Act, number: str) -> Seen:
    """A matter, and who asked for it where somebody did: her name and her number open by a right of their own."""
    seen = see(by, number)
    subject = subject_of(seen.state)
    own = ((_("反映的人自己"), 1),) if seen.state.reporters else ()
    parts = [Part(_("内容和办理经过"), READ, subject, own)]
    if own and not seen.procedure.sealed:
        words = _("反映人的姓名和电话：每次说明用途，本人看得到谁看过")
        parts.append(Part(words, contact_right(seen.state), subject, own))
    return Seen(number, reverse("desk:matter", kwargs={"number": number}), tuple(parts))


def _in_grid(by: Act, code: str) -> list[Part]:
    """Matters on the ground of a grid that are for staff in reach; those for participants alone are seen by each matter's own."""
    ref = grid(code)
    if ref is None:
        return []
    subject = Subject(ref="", org=ref.org, level=SHARED_LEVEL, place=code)
    return [Part(_("这个网格里一般的事：受限的事只有经办的人看得到"), READ, subject)]


register_seen("matter", _seen)
add_parts("grid", _in_grid)
