"""Anything newer than N? One cheap statement, 304 when there is nothing: what pages of lists and counts ask."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from baodao.kernel.pages import page, render
from baodao.matters.tallies import selectors as tallies

#: What a page shows: counts that the reader keeps, or rows as they stand.
ASKED = {"counts": tallies.counted, "facts": tallies.newest}


@page("desk", "newer/", name="newer", methods=("GET", "HEAD"))
def newer(request: HttpRequest) -> HttpResponse:
    """The position of the ledger as ETag. `?of=counts|facts`; `at` the position that the page shows ("": it learns the
    present one). One statement."""
    of = request.GET.get("of", "facts")
    of = of if of in ASKED else "facts"
    now, at = ASKED[of](), request.GET.get("at", "")
    mark = f'"{of}-{now}"'
    if request.headers.get("If-None-Match") == mark or at == str(now):
        answer = HttpResponse(status=304)
    else:
        answer = render(
            request, "desk/newer.html", of=of, newer_at=now, newer_than=at, say=request.GET.get("say") == "1"
        )
        if at:
            answer["HX-Trigger"] = "newer"
    answer["ETag"] = mark
    answer["Cache-Control"] = "private, no-cache"
    return answer


def address(of: str, at: int | None = None, *, say: bool = False) -> str:
    """Where a page asks."""
    asked = {"of": of, **({"at": str(at)} if at is not None else {}), **({"say": "1"} if say else {})}
    return f"{reverse('desk:newer')}?{urlencode(asked)}"
