"""What concerns everybody: released titles of public-space matters, one page each, follow and stop following.

Nothing here loads a text, and following opens nothing that is not on this page.
"""

from types import SimpleNamespace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.text import mask
from baodao.matters import openly
from baodao.matters.declare import Procedure
from baodao.matters.meanings import FOLLOW, UNFOLLOW
from baodao.matters.models import Matter
from baodao.matters.selectors import mine_page
from baodao.matters.services import act
from baodao.matters.versions import version, words_of
from baodao.orgs.selectors import forest, name_of, today
from baodao.people.door import address_of
from baodao.people.services.throttle import Rule, take

from .begin import begun_about
from .standing import as_resident
from .where import root

PAGE, WORDS = 20, 40
ALL = "all"
#: Behind one address there may be a neighbourhood; who tries numbers meets the second limit first.
SEARCHES = Rule("open_search", 120, 600)
MISSES = Rule("open_miss", 40, 600)
FOLLOWS = Rule("follow_person", 30, 3600)
DONE = {FOLLOW: gettext_lazy("有新进展会告诉您"), UNFOLLOW: gettext_lazy("不再告诉您")}


@page(
    "portal", "open/", name="open", nav=(30, gettext_lazy("大家的事")), public=True, methods=("GET", "HEAD")
)
def shown(request: HttpRequest) -> HttpResponse:
    """The list: near whoever is signed in, else the whole district; by place, kind and words of the title."""
    by = as_resident(request)
    asked = request.GET
    words = asked.get("q", "").strip()[:WORDS]
    problem: Problem | None = None
    try:
        if words:
            take(SEARCHES, address_of(request), by.noted)
    except Problem as caught:
        words, problem = "", caught
    org = _place(by, asked.get("org", ""))
    kinds = openly.public_kinds(by.lang)
    kind = asked.get("kind", "") if asked.get("kind") in dict(kinds) else ""
    found = openly.shown_page(
        org=org, kind=kind, words=words, after=asked.get("after", "")[:24], most=PAGE + 1
    )
    kept = {"org": org or ALL, "kind": kind, "q": words}
    further = "?" + urlencode({**kept, "after": found[PAGE - 1].number}) if len(found) > PAGE else ""
    response = render(
        request,
        "matters/portal/shown.html",
        status=problem.status if problem is not None else 200,
        problem=problem,
        rows=[_row(row, by) for row in found[:PAGE]],
        next_href=further,
        first_href="?" + urlencode(kept) if asked.get("after") else "",
        values=SimpleNamespace(**kept),
        places=_places(org),
        near=name_of(org) if org else "",
        kinds=kinds,
    )
    if problem is not None and "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    return response


def _place(by: Act, asked: str) -> str:
    """The organization to look below: the one asked for, else the street of her own latest matter; "" for everything."""
    tree = forest()
    if asked:
        return asked if asked != ALL and asked in tree else ""
    own = mine_page(by, "", 1)
    chain = tree.chain(own[0].org, today()) if own else ()
    return next((one for one in chain if tree.nodes[one].level == "street"), "")


def _places(org: str) -> list[tuple[str, str]]:
    """Where else one may look: everything, the way up, what lies below; and what stands beside a place without any."""
    tree, day = forest(), today()
    top = org or root()
    way = [one for one in reversed(tree.chain(top, day)) if one != root()] if top else []
    below = tree.children(top, day) if top else tree.roots("admin", day)
    if not below and len(way) > 1:
        below = tuple(one for one in tree.children(way[-2], day) if one != org)
    found = [(ALL, _("全区") if root() else _("全部"))]
    return found + [(one, name_of(one)) for one in (*way, *sorted(below, key=name_of))]


def _row(row: Matter, by: Act) -> SimpleNamespace:
    procedure = words_of(row.pack, row.procedure, version(row.digest), by.lang)
    return SimpleNamespace(
        number=row.number,
        title=mask(row.shown),
        kind=openly.kind_words(procedure, row.kind),
        stage=procedure.word(f"stage.{row.stage}"),
        tone="done" if row.ended is not None else "way",
        office=name_of(row.org),
        opened=row.opened,
        moved=row.moved,
    )


@page("portal", "following/", name="following", methods=("GET", "HEAD"))
def following(request: HttpRequest) -> HttpResponse:
    """What she follows, shown to nobody else; each can be let go here, and taken up again on its own page."""
    by, after = as_resident(request), request.GET.get("after", "")[:24]
    found = openly.followed_page(by, after, PAGE + 1)
    return render(
        request,
        "matters/portal/following.html",
        rows=[_row(row, by) for row in found[:PAGE]],
        next_href="?" + urlencode({"after": found[PAGE - 1].number}) if len(found) > PAGE else "",
        first_href="?" if after else "",
        action=UNFOLLOW,
        commands={row.number: new_key(UNFOLLOW) for row in found},
    )


@page("portal", "open/<str:number>/", name="open-one", public=True)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One of them. A number that is not there and one that is not shown are answered alike, and few tries are free."""
    number = number.upper()[:24]
    by = as_resident(request, request.POST.get("command", "")[:200])
    try:
        found = openly.shown_one(by, number)
    except Missing:
        take(MISSES, address_of(request), by.noted)
        raise
    problem: Problem | None = None
    if request.method == "POST":
        at = reverse("portal:open-one", kwargs={"number": number})
        if not who_of(request).signed_in:
            return HttpResponseRedirect(f"{reverse('portal:sign-in')}?{urlencode({'next': at})}", status=303)
        try:
            done = _follow(by, found, request.POST.get("action", ""))
            return HttpResponseRedirect(f"{at}?done={done}", status=303)
        except Problem as caught:
            problem = caught
    return _page(request, by, found, problem)


def _follow(by: Act, found: openly.Shown, action: str) -> str:
    """Follow or stop following; whoever already does what she asks for leaves no second fact."""
    if action not in DONE:
        raise Missing.of("action", _("没有这个动作"), _("请刷新页面"))
    take(FOLLOWS, by.person, by.noted)
    if found.follows != (action == FOLLOW):
        act(by, number=found.row.number, action=action, fields={})
    return action


def _page(request: HttpRequest, by: Act, found: openly.Shown, problem: Problem | None) -> HttpResponse:
    procedure, state, row = found.procedure, found.state, found.row
    action = UNFOLLOW if found.follows else FOLLOW
    done = request.GET.get("done", "")
    return render(
        request,
        "matters/portal/shown_one.html",
        status=problem.status if problem is not None else 200,
        problem=problem,
        number=row.number,
        title=mask(row.shown),
        kind=openly.kind_words(procedure, row.kind),
        stage=procedure.word(f"stage.{state.stage}"),
        tone="done" if state.ended is not None else "way",
        place=name_of(row.org),
        now=openly.now_plain(procedure, state),
        ended=state.ended is not None,
        next=openly.next_plain(procedure, state, by.noted),
        rows=found.steps,
        begun=begun_about(row, by.lang),
        followers=found.followers,
        follows=found.follows,
        action=action if _is_offered(procedure, state.stage, action) else "",
        command=new_key(action),
        said=DONE[done] if done in DONE and (done == FOLLOW) == found.follows else "",
        at=reverse("portal:open-one", kwargs={"number": row.number}),
    )


def _is_offered(procedure: Procedure, stage: str, action: str) -> bool:
    declared = procedure.action(action)
    return declared is not None and stage in declared.froms()
