"""Portal: which places can be taken, one with its free times, taking it for oneself. Others see that it is taken, never by whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.gather.elsewhere import Claims, register_claims
from baodao.gather.fold import Meeting
from baodao.gather.models import Slot
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from
from baodao.places.catalogue.choosing import choose
from baodao.places.facilities.models import Facility
from baodao.places.facilities.portal import register_door

from . import taking
from .declare import FORMS
from .selectors import ways
from .services import give_back


def _act(request: HttpRequest) -> Act:
    """As a resident, also when she holds a post."""
    command = request.POST.get("command", "")[:200] or new_key("booking")
    return replace(act_from(request, command=command), post="", grants=())


def _no_claim(by: Act, code: str) -> str:
    raise Refused.of("", _("场地是整个约的，不能报名进别人的预约"), _("请另约一个时间"))


def _claims(slot: Slot | Meeting) -> Claims | None:
    """Leaving one's own booking gives the place back."""
    return Claims(_no_claim, lambda by, code: give_back(by, slot=code)) if slot.form in FORMS else None


register_claims(_claims)


def _door(row: Facility) -> tuple[str, str] | None:
    """From the page of a place to its free times."""
    words = _("看空着的时间、约下来")
    return (
        (words, reverse("portal:booking-place", kwargs={"code": row.code}))
        if ways(row, orgs.today())
        else None
    )


register_door(_door)


@page("portal", "booking/", name="booking", public=True, methods=("GET", "HEAD"))
def places(request: HttpRequest) -> HttpResponse:
    """Places that can be taken, from the district down, by words."""
    chosen = choose(request.GET.get("at", "")[:48])
    if chosen is None:
        raise Missing.of("", _("没有这个地方"), _("请从名单里选"))
    where = chosen.code if chosen.code in orgs.forest() else ""
    found = taking.listed(request, act_from(request, command="read"), where, "portal:booking-place")
    below = [(code, name) for code, name in chosen.below if code in orgs.forest()]
    return render(request, "gather/booking/places.html", chosen=chosen, below=below, **found)


@page("portal", "booking/<str:code>/", name="booking-place", public=True)
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place with its free times; a POST takes it."""
    if request.method == "POST" and not who_of(request).signed_in:
        where = reverse("portal:booking-place", kwargs={"code": code})
        return HttpResponseRedirect(f"{reverse('portal:sign-in')}?next={where}")
    return taking.take(
        request, _act(request), code, "", lambda slot: reverse("portal:gathering", kwargs={"code": slot})
    )
