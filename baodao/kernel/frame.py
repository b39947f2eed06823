"""What the frames of both shells need alike: district, preferences of this browser, where we are."""

from collections.abc import Callable
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from .declare import District, Pack

YEAR = 31_536_000


class Note(msgspec.Struct, frozen=True):
    """A line that a demonstration puts on the start page: words, where they lead, how much is done (percent; None: nothing is
    under way)."""

    text: str
    href: str
    percent: int | None = None


_notes: list[Callable[[], Note | None]] = []


def register_note(find: Callable[[], Note | None]) -> None:
    """An app tells of itself on the start page, in demonstrations only."""
    _notes.append(find)


def notes() -> list[Note]:
    """What there is to tell now; nothing outside of demonstrations."""
    return [note for find in _notes if (note := find()) is not None] if settings.DEMO else []


def frame(request: HttpRequest, pack: Pack | None) -> dict[str, Any]:
    """Names of the district and the system in the reader's language, large print, watermark, address and route of
    this page. No statement."""
    lang = translation.get_language() or "zh-hans"
    english = lang.startswith("en")
    district = pack.one(District) if pack is not None and pack.has(District) else None
    match = request.resolver_match
    return {
        "district": (district.name_en if english else district.name) if district else "",
        "municipality": (district.municipality_en if english else district.municipality) if district else "",
        "hotline": (district.hotline if district else "") or "12345",
        "system": pack.word("system", lang) if pack is not None else _("报到"),
        "large": request.COOKIES.get("large") == "1",
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "route": (match.url_name or "") if match else "",
        "simulated": settings.DEMO,
    }


def keep_display(request: HttpRequest) -> HttpResponse:
    """Large print and language from the query, kept in cookies of this browser only; back to where one was."""
    back = request.GET.get("next", "/")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    wanted = {"large": ("0", "1"), "lang": tuple(code for code, _word in settings.LANGUAGES)}
    for name, choices in wanted.items():
        value = request.GET.get(name)
        if value in choices:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
    return response
