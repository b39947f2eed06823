"""Matters over HTTP: the same verbs, the same rules, the same words as the pages."""

from typing import Annotated, Any, Literal

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.http import Call, Paged, Word, endpoint
from baodao.kernel.typed import moment_in
from baodao.ledger.canonical import stamp
from baodao.ledger.selectors import Recorded
from baodao.orgs.selectors import home_pack, name_of
from baodao.people.door import address_of
from baodao.people.services.throttle import Rule, take
from baodao.places.selectors import grid_at

from . import slips
from .alerts import api as alerts_api
from .declare import Procedure
from .facts import Settled, Step
from .models import Matter
from .move import Called
from .selectors import Seen, names_of, offers, see, visible_to
from .services import Contact, Draft, act, open_
from .versions import words_of

#: Its endpoints register themselves when they are read.
__all__ = ["alerts_api"]
# Whole neighbourhoods share one address behind a carrier's gateway.
INTAKE = Rule("intake_address", 3000, 3600)

Text = Annotated[str, msgspec.Meta(max_length=5000)]
#: A field that holds rows: a table or a plan as rows by column; a checklist or a score sheet by item.
Rows = Annotated[list[dict[str, Any]], msgspec.Meta(max_length=50)]
Items = Annotated[dict[str, Any], msgspec.Meta(max_length=100)]


class PersonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach the one who asks; kept in the vault. All may stay empty."""

    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=30)] = ""
    email: Annotated[str, msgspec.Meta(max_length=120)] = ""


class CallBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One addressee: an organization, perhaps a post of it; `duty` the item of its duty list; `after` the numbers (from 1)
    of the addressees that must have ended first. Without a `role` the first leads, the others follow."""

    org: Word
    post: Annotated[str, msgspec.Meta(max_length=48, pattern=r"^[\w.\-:/]*$")] = ""
    role: Literal["", "lead", "co"] = ""
    duty: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[\w.\-:/]*$")] = ""
    after: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=50)], ...], msgspec.Meta(max_length=10)] = ()


class OpenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request: what kind, where (a WGS-84 point, or the organization's code), the text; a contact if one wishes. For
    another procedure: its own coded `fields`, and `calls` where several are called. Staff who open for themselves (a
    street's whistle) say `behalf = false`; otherwise a token's post enters it for somebody else. `about` is the number of
    another matter that this one is about (a council over a whistle)."""

    kind: Word
    text: Text
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    lon: Annotated[float, msgspec.Meta(ge=73, le=136)] | None = None
    lat: Annotated[float, msgspec.Meta(ge=3, le=54)] | None = None
    org: Word = ""
    address: Annotated[str, msgspec.Meta(max_length=200)] = ""
    contact: PersonBody = PersonBody()
    procedure: Word = "request"
    fields: dict[Word, Annotated[str, msgspec.Meta(max_length=1000)] | int | bool | Rows | Items] = (
        msgspec.field(default_factory=dict)
    )
    calls: Annotated[tuple[CallBody, ...], msgspec.Meta(max_length=50)] = ()
    behalf: bool = True
    about: Word = ""


class Opened(msgspec.Struct, frozen=True):
    """The number, and the slip's code: whoever has both stands for the reporter."""

    number: str
    code: str
    level: int


class Row(msgspec.Struct, frozen=True):
    """A matter in a list. Moments in UTC."""

    number: str
    procedure: str
    kind: str
    stage: str
    round: int
    level: int
    org: str
    place: str
    origin: str
    opened: str
    moved: str
    ended: str | None


class ListQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Newest first. `stage` and `org` narrow; `before` continues a page."""

    before: Annotated[str, msgspec.Meta(max_length=60)] = ""
    stage: Word = ""
    org: Word = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class LegView(msgspec.Struct, frozen=True):
    """A leg: who was called, where it stands, its due."""

    n: int
    role: str
    org: str
    org_name: str
    state: str
    due: str | None


class FactView(msgspec.Struct, frozen=True):
    """One fact with the texts that this reader may see."""

    position: int
    fact: str
    action: str
    happened: str
    precision: str
    about: str
    org: str
    fields: dict[str, Any]
    texts: dict[str, str]


class OfferView(msgspec.Struct, frozen=True):
    """An action that can be taken now: its fields by name and type; `hindrances` say why not yet."""

    action: str
    title: str
    leg: int | None
    fields: dict[str, str]
    hindrances: list[str]


class MatterView(msgspec.Struct, frozen=True):
    """One matter; `position` goes back as `seen` with an act."""

    matter: Row
    position: int
    legs: list[LegView]
    facts: list[FactView]
    offers: list[OfferView]


class ActBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields as the action declares them; `leg` when there are several; `seen` tells what happened meanwhile on a conflict."""

    fields: dict[Word, Text | int | bool | Rows | Items] = {}
    leg: Annotated[int, msgspec.Meta(ge=1, le=999)] | None = None
    seen: Annotated[int, msgspec.Meta(ge=0, le=2**62)] | None = None


class MovedView(msgspec.Struct, frozen=True):
    """Where the matter stands after the act."""

    number: str
    stage: str
    round: int
    level: int
    ended: bool


class KindView(msgspec.Struct, frozen=True):
    """A kind of request, to be asked before any text."""

    kind: str
    title: str
    level: int
    hint: str


@endpoint(
    "GET",
    "kinds/",
    name="matter.kinds",
    summary=gettext_lazy("有哪些种类"),
    result=list[KindView],
    public=True,
)
def kinds(call: Call) -> list[KindView]:
    """The kinds of requests of this district."""
    pack = home_pack()
    procedure = get_pack(pack).many(Procedure).get("request")
    if procedure is None:
        raise Missing.of("", _("这里还不能反映事情"), _("请联系系统管理员"))
    found = words_of(pack, "request", procedure, call.by.lang)
    return [KindView(kind.name, kind.title, kind.level or found.level, kind.hint) for kind in found.kinds]


@endpoint(
    "POST",
    "matters/",
    name="matter.open",
    summary=gettext_lazy("反映一件事"),
    body=OpenBody,
    result=Opened,
    status=201,
    public=True,
)
def open_matter(call: Call, body: OpenBody) -> Opened:
    """Open a request; a visitor's tries are limited by address."""
    if not call.by.person:
        take(INTAKE, address_of(call.request), call.by.noted)
    org, place = body.org, ""
    if body.lon is not None and body.lat is not None:
        grid = grid_at(body.lon, body.lat)
        if grid is None:
            raise Invalid.of(
                "lon", _("这个点不在本区的网格里"), _("请核对经纬度（WGS-84），或直接给出社区代码")
            )
        org, place = grid.org, grid.code
    if not org:
        raise Invalid.of("org", _("不知道在哪里"), _("请给出经纬度，或社区的代码"))
    contact = Contact(name=body.contact.name, phone=body.contact.phone, email=body.contact.email)
    draft = Draft(
        procedure=body.procedure,
        org=org,
        place=place,
        kind=body.kind,
        fields={**body.fields, "text": body.text, **({"title": body.title} if body.title else {})},
        contact=contact,
        behalf=bool(call.by.post) and body.behalf,
        calls=tuple(Called(one.org, one.post, one.role, "", one.duty, one.after) for one in body.calls),
        about=body.about,
        address=body.address,
        point=f"{body.lon:.6f},{body.lat:.6f}" if place else "",
    )
    taken = open_(call.by, matters=[draft])
    return Opened(taken.numbers[0], slips.code_of(taken.numbers[0]), taken.levels[0])


@endpoint(
    "GET",
    "matters/",
    name="matter.list",
    summary=gettext_lazy("能看到的事"),
    query=ListQuery,
    result=Paged[Row],
)
def list_(call: Call, query: ListQuery) -> Paged[Row]:
    """Matters that the token's post may read, by keyset."""
    rows = visible_to(call.by)
    if query.stage:
        rows = rows.filter(stage=query.stage)
    if query.org:
        rows = rows.filter(org=query.org)
    if query.before:
        moment, _tilde, number = query.before.partition("~")
        if (at := moment_in(moment)) is None:
            raise Invalid.of("before", _("这个续页标记不对"), _("请用上一页给出的 next"))
        rows = rows.filter(Q(opened__lt=at) | Q(opened=at, number__gt=number))
    found = list(rows.order_by("-opened", "number")[: query.limit + 1])
    page = found[: query.limit]
    more = f"{stamp(page[-1].opened)}~{page[-1].number}" if len(found) > query.limit else ""
    return Paged([_row(row) for row in page], more)


def _row(row: Matter) -> Row:
    ended = stamp(row.ended) if row.ended else None
    return Row(
        row.number, row.procedure, row.kind, row.stage, row.round, row.level, row.org, row.place, row.origin, stamp(row.opened),
        stamp(row.moved), ended,
    )  # fmt: skip


@endpoint(
    "GET", "matters/<str:number>/", name="matter.see", summary=gettext_lazy("看一件事"), result=MatterView
)
def see_matter(call: Call, number: str) -> MatterView:
    """One matter with its facts and what can be done now."""
    seen = see(call.by, number)
    return MatterView(_row(seen.row), seen.position, _legs(seen), _facts(seen), _offers(call, seen))


def _legs(seen: Seen) -> list[LegView]:
    legs = []
    for leg in seen.state.legs.values():
        dues = [run.due for run in seen.state.runs.values() if run.about == leg.about and run.stopped is None]
        legs.append(
            LegView(leg.n, leg.role, leg.org, name_of(leg.org), leg.state, stamp(min(dues)) if dues else None)
        )
    return legs


def _facts(seen: Seen) -> list[FactView]:
    told = []
    for fact in seen.facts:
        name, action = names_of(fact)
        # A settlement has no fields of an action: it is its figures.
        fields = dict(fact.data.fields) if isinstance(fact.data, Step) else _settlement(fact)
        texts = seen.texts.get(fact.id, {})
        told.append(
            FactView(
                fact.id,
                name,
                action,
                stamp(fact.happened),
                fact.precision,
                fact.about,
                fact.org,
                fields,
                texts,
            )
        )
    return told


def _settlement(fact: Recorded) -> dict[str, Any]:
    """What a settlement says, with the seconds of its column by their name."""
    name = "wall" if isinstance(fact.data, Settled) else "waited"
    return {**msgspec.to_builtins(fact.data), name: fact.value}


def _offers(call: Call, seen: Seen) -> list[OfferView]:
    return [
        OfferView(o.action.name, o.action.title, o.leg, dict(o.action.fields), list(o.hindrances))
        for o in offers(call.by, seen)
    ]


@endpoint(
    "POST",
    "matters/<str:number>/<str:action>/",
    name="matter.act",
    summary=gettext_lazy("办一步"),
    body=ActBody,
    result=MovedView,
)
def act_on(call: Call, body: ActBody, number: str, action: str) -> MovedView:
    """Take one action; an illegal one is a conflict that says what happened meanwhile."""
    moved = act(call.by, number=number, action=action, fields=body.fields, leg=body.leg, seen=body.seen)
    return MovedView(moved.number, moved.stage, moved.round, moved.level, moved.ended)
