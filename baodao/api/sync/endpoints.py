"""The way in: an organization's legs as a list and as a feed of changes, one leg with its texts, files to go with a result. Results
themselves are `matter.act`."""

from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Missing, Refused
from baodao.kernel.evidence import store
from baodao.kernel.http import Call, Word, endpoint
from baodao.ledger.canonical import stamp
from baodao.ledger.selectors import position
from baodao.matters.facts import NAMES, Opened, Step
from baodao.matters.models import Leg, Matter
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import Seen, names_of, offers, see
from baodao.people.services.throttle import Rule, take

from . import feed
from .webhook import LegState, codes, leg_state

#: Files that one person's systems may send in an hour.
FILES = Rule("api_files", 600, 3600)


class LegRow(msgspec.Struct, frozen=True):
    """A leg in the list. `due`: the next one; `open` false: it has ended. Moments in UTC."""

    number: str
    leg: int
    org: str
    role: str
    procedure: str
    kind: str
    state: str
    round: int
    called: str
    reported: str | None
    due: str | None
    ended: str | None
    open: bool


class LegsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without `newer`: all open legs of the organization (default: the post's own), by keyset `after`. With `newer`: legs that facts
    after that ledger position are about, ended ones too. `limit`: legs of a page, or facts looked at."""

    org: Word = ""
    newer: Annotated[int, msgspec.Meta(ge=0, le=2**62)] | None = None
    after: Annotated[str, msgspec.Meta(max_length=60)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 200


class Legs(msgspec.Struct, frozen=True):
    """`position`: give it as `newer` from now on. `next`: give it as `after` ("" at the end of the list). `more`: there are further
    facts, ask again at once. `restricted`: open legs that only the desk shows."""

    rows: list[LegRow]
    position: int
    next: str
    more: bool
    restricted: int


class LegText(msgspec.Struct, frozen=True):
    """What somebody wrote, with the fact that it belongs to."""

    position: int
    fact: str
    action: str
    happened: str
    codes: dict[str, Any]
    texts: dict[str, str]


class LegOffer(msgspec.Struct, frozen=True):
    """An action that can be taken on this leg now: POST to `matters/<number>/<action>/` with `leg` and `seen`."""

    action: str
    title: str
    fields: dict[str, str]
    hindrances: list[str]


class LegView(msgspec.Struct, frozen=True):
    """One leg with its clocks, its texts and what can be done. `position` goes back as `seen`."""

    number: str
    procedure: str
    kind: str
    stage: str
    org: str
    place: str
    leg: LegState
    texts: list[LegText]
    offers: list[LegOffer]
    position: int


class FileView(msgspec.Struct, frozen=True):
    """A kept file: `digest` is what a field of type file takes. What no act names within 7 days is deleted."""

    digest: str
    media_type: str
    size: int


@endpoint(
    "GET", "legs/", name="leg.list", summary=gettext_lazy("派给本单位的承办件"), query=LegsQuery, result=Legs
)
def legs(call: Call, query: LegsQuery) -> Legs:
    """The organization's legs. The position is read first, so that nothing can fall between the list and the feed."""
    org = query.org or next((grant.org for grant in call.by.grants), "")
    at = position()
    if query.newer is None:
        page = feed.open_legs(call.by, org, feed.mark(query.after), query.limit)
        more, end, further = False, at, page.next
    else:
        page = feed.changed(call.by, org, query.newer, at, query.limit)
        more, end, further = page.end < at, page.end, ""
    rows = [_row(leg, page.matters[leg.matter]) for leg in page.legs]
    return Legs(rows, end, further, more, feed.restricted(call.by, org))


def _row(leg: Leg, matter: Matter) -> LegRow:
    return LegRow(
        leg.matter,
        leg.n,
        leg.org,
        leg.role,
        matter.procedure,
        matter.kind,
        leg.state,
        leg.round,
        stamp(leg.called),
        stamp(leg.reported) if leg.reported else None,
        stamp(leg.due) if leg.due else None,
        stamp(leg.ended) if leg.ended else None,
        leg.ended is None,
    )


@endpoint(
    "GET",
    "legs/<str:number>/<int:leg>/",
    name="leg.see",
    summary=gettext_lazy("看一件承办件和它的内容"),
    result=LegView,
)
def see_leg(call: Call, number: str, leg: int) -> LegView:
    """One leg: the words with which the matter came, and those of this leg alone. Level 2 and above: only on the desk."""
    seen = see(call.by, number)
    held = seen.state.legs.get(leg)
    if held is None or seen.state.level > SHARED_LEVEL:
        raise Missing.of("leg", _("没有这个承办件，或它只在工作台上看"), _("请核对编号，或到工作台看"))
    able = [
        LegOffer(one.action.name, one.action.title, dict(one.action.fields), list(one.hindrances))
        for one in offers(call.by, seen)
        if one.leg == leg
    ]
    row = seen.row
    return LegView(
        number,
        row.procedure,
        row.kind,
        row.stage,
        held.org,
        row.place,
        leg_state(seen.state, held),
        _texts(seen, held.about),
        able,
        seen.position,
    )


def _texts(seen: Seen, about: str) -> list[LegText]:
    """Of the opening, of what concerns the whole matter, and of this leg: other offices' words stay with them."""
    told = []
    for fact in seen.facts:
        if type(fact.data) not in NAMES or not isinstance(fact.data, Step):
            continue
        if fact.about in {"", about} or isinstance(fact.data, Opened):
            name, action = names_of(fact)
            texts = seen.texts.get(fact.id, {})
            told.append(
                LegText(fact.id, name, action, stamp(fact.happened), codes(seen.procedure, fact.data), texts)
            )
    return told


@endpoint(
    "POST",
    "files/",
    name="file.send",
    summary=gettext_lazy("传一个附件"),
    result=FileView,
    status=201,
    raw=True,
)
def send_file(call: Call) -> FileView:
    """Keep a file (the body as it is) for a field of an act. The same content again is the same file."""
    if not any(not grant.right.startswith(("matter.read", "api.")) for grant in call.by.grants):
        raise Refused.of("", _("这个令牌只能读"), _("请签发带办理权限的令牌"))
    take(FILES, call.by.person, call.by.noted)
    kept = store(call.request, now=call.by.noted)
    return FileView(kept.hash, kept.media_type, kept.size)
