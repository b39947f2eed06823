"""One search box: matters by number and words, whatever else apps register, and where to ask for a person."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem
from baodao.kernel.finders import Finder, finders
from baodao.kernel.pages import page, render
from baodao.kernel.text import has_private
from baodao.ledger.search import pieces
from baodao.matters.finding import Hit, search
from baodao.people.door import act_from

#: Matters on a page, and other things beside them; all of a kind where it is asked for alone.
PAGE, BESIDE, ALONE = 50, 5, 50
#: Signs of a found text that are shown around its first hit.
AROUND, LONGEST = 40, 80


@page("desk", "search/", name="search", methods=("GET", "HEAD"))
def find(request: HttpRequest) -> HttpResponse:
    """`?q=` two signs or more, `of` one kind of result, `before` the last matter of the page before. Raises nothing: what
    is wrong with the words stands on the page (422)."""
    query, of = request.GET.get("q", "").strip()[:200], request.GET.get("of", "")
    by = act_from(request, command=new_key())
    kinds = {"": _("全部"), "open": _("没办完的事"), **{one.name: str(one.title) for one in finders()}}
    of = of if of in kinds else ""
    found, groups, problem = list[SimpleNamespace](), list[Any](), None
    further = ""
    if query and not has_private(query):
        try:
            found, further = _matters(by, query, of, request.GET.get("before", "")[:60])
            groups = [] if request.GET.get("before") else _others(by, query, of)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "desk/search.html",
        status=problem.status if problem else 200,
        query=query,
        of=of,
        kinds=[(name, words, "?" + urlencode({"q": query, "of": name})) for name, words in kinds.items()],
        matters=found,
        groups=groups,
        personal=bool(query) and has_private(query),
        problem=problem,
        next_href=further,
    )


def _matters(by: Act, query: str, of: str, before: str) -> tuple[list[SimpleNamespace], str]:
    """Rows of matters and the address of the next page; none where another kind is asked for alone."""
    if of not in {"", "open"}:
        return [], ""
    hits = search(by, query, before, PAGE, running=of == "open")
    shown = hits[:PAGE]
    more = {"q": query, "of": of, "before": shown[-1].mark} if len(hits) > PAGE else {}
    return [_row(hit, query) for hit in shown], f"?{urlencode(more)}" if more else ""


def _row(hit: Hit, query: str) -> SimpleNamespace:
    return SimpleNamespace(
        number=hit.number, ended=hit.ended, opened=hit.opened, pieces=_around(hit.text, query)
    )


def _around(text: str, query: str) -> list[tuple[str, bool]]:
    """A found text around its first hit, in pieces that are the words searched for or not."""
    parts = pieces(" · ".join(text.split("\n")[1:]), query)
    if len(parts) > 1 and not parts[0][1] and len(parts[0][0]) > AROUND:
        parts[0] = ("……" + parts[0][0][-(AROUND - 4) :], False)
    return [(part if on else part[:LONGEST], on) for part, on in parts][:12]


def _others(by: Act, query: str, of: str) -> list[SimpleNamespace]:
    """What apps find beside matters, by kind; a few of each, many of the one asked for."""
    wanted = [one for one in finders() if of in {"", one.name}]
    groups = [_group(one, by, query, ALONE if of else BESIDE) for one in wanted]
    return [group for group in groups if group.found]


def _group(one: Finder, by: Act, query: str, most: int) -> SimpleNamespace:
    found = one.find(by, query, most)
    return SimpleNamespace(
        title=one.title,
        found=found[:most],
        all_href=f"{reverse('desk:search')}?{urlencode({'q': query, 'of': one.name})}"
        if len(found) > most
        else "",
    )
