"""The counter, the call, the doorstep: staff enter a request for somebody, who gets a paper slip of her own."""

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.matters import slips, story
from baodao.matters.portal.report import draft_of, form, is_sent, photos, preview_of, slip_of
from baodao.matters.portal.where import choose
from baodao.matters.selectors import see
from baodao.matters.services import open_
from baodao.people.door import act_from

SALT, MINUTES = "baodao.matters.slip_print", 10


@page("desk", "report/", name="report", nav=(10, gettext_lazy("代为登记")))
def report(request: HttpRequest) -> HttpResponse:
    """The same form as residents use, always on behalf."""
    if request.method != "POST":
        return form(request, {"behalf": "1"}, choose({}))
    typed = {**request.POST.dict(), "behalf": "1"}
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key())
    where = choose(typed)
    kept, problem = photos(request, by)
    if is_sent(typed) and problem is None:
        try:
            number = open_(by, matters=[draft_of(typed, where, kept)]).numbers[0]
            token = slip_token(by.person, number)
            there = reverse("desk:report-slip", kwargs={"number": number})
            return HttpResponseRedirect(f"{there}?t={token}", status=303)
        except Problem as caught:
            problem = caught
    preview = (
        preview_of(by, typed, where, kept) if typed.get("do") == "preview" and not typed.get("go") else ()
    )
    return form(request, typed, where, kept=kept, problem=problem, preview=preview)


def slip_token(person: str, number: str) -> str:
    """What lets her who entered it print its slip. It names her: a copied address opens nothing for somebody else."""
    return signing.dumps([person, number], salt=SALT, compress=True)


@page("desk", "matters/<str:number>/slip/", name="report-slip", methods=("GET", "HEAD"))
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The slip, printable for ten minutes by whoever entered the request: the code is the resident's key."""
    try:
        signed = signing.loads(request.GET.get("t", ""), salt=SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        signed = None
    if signed != [who_of(request).person, number]:
        raise Refused.of(
            "", _("纸条只在登记后十分钟内能打印"), _("本人丢了纸条，可以登录账号查看，或重新登记")
        )
    code = slips.code_of(number)
    seen = see(act_from(request, command=new_key()), number)
    rows = story.story(seen)
    return render(
        request,
        "matters/desk/slip.html",
        number=number,
        code=code.replace("-", ""),
        reads=rows[0].words if rows else "",
        own=reverse("desk:matter", kwargs={"number": number}),
        **slip_of(number, code),
    )
