"""The town furnished for the generated tests: matters of both levels, an alliance, a sheet, and everybody's doors."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from baodao.kernel.act import Subject
from tests.support.town import CAST, DISTRICT, GRID_B, ORGS, POSTS, SINCE, STREET, A, Town, local

from . import wider
from .printed import Policy, printed
from .routes import Thing, World
from .stock import EMPTY, stock

TREE = {code: parent for code, _name, _level, _kind, parent in ORGS}
SHEET = "编号\n"


def things() -> dict[str, Thing]:
    """Every matter as its rows tell."""
    from baodao.matters.models import Matter

    owners, rows = owners_of(), list(Matter.objects.order_by("number"))
    found, filed = subjects(row.number for row in rows), filed_facts()
    return {
        row.number: Thing(
            found[row.number], owners.get(row.reporter, ""), bool(row.shown), filed.get(row.number, 0)
        )
        for row in rows
    }


def filed_facts() -> dict[str, int]:
    """Number → the fact of it that carries a file."""
    from baodao.ledger.models import Fact

    rows = Fact.objects.filter(kind="matter.acted").values_list("subject", "id", "data")
    return {str(subject).partition(":")[2]: n for subject, n, data in rows if "files" in str(data)}


def subjects(numbers: Iterable[str]) -> dict[str, Subject]:
    """What the rows say of these matters: who holds them, at which level, to whom they were called, which posts a sealed one names."""
    from baodao.matters.models import Leg, Matter, Reader

    legs: dict[str, list[tuple[str, str]]] = {}
    for number, org, seat in Leg.objects.values_list("matter", "org", "seat"):
        legs.setdefault(number, []).append((org, seat))
    named: dict[str, list[str]] = {}
    for number, post in Reader.objects.values_list("matter", "post"):
        named.setdefault(number, []).append(post)
    rows = Matter.objects.filter(number__in=list(numbers)).values_list("number", "org", "level", "place")
    return {
        number: Subject(
            ref=number,
            org=org,
            level=level,
            legs=tuple(legs.get(number, ())),
            place=place,
            named=tuple(named.get(number, ())),
        )
        for number, org, level, place in rows
    }


def owners_of() -> dict[str, str]:
    """token → who, of the cast."""
    from baodao.people.models import Token

    uids = {uid: who for who, uid in _UIDS.items()}
    return {t.token: uids.get(str(t.person_id), "") for t in Token.objects.filter(domain="matters")}


_UIDS: dict[str, str] = {}


def furnish(town: Town) -> World:
    """One request of level 1 and one of level 2 in A, one in B; an alliance that A convenes with B's street outside."""
    from baodao.kernel.act import system_act
    from baodao.kernel.tables.store import keep
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    wider.widen(town)
    _UIDS.clear()
    _UIDS.update(town.uids)
    resident = town.phone("resident")
    resident.report(text="路灯不亮。", kind="road")
    resident.report(text="家里有人动手。", kind=private_kind())
    _opened(town)
    town.phone("neighbour").report(text="井盖响。", kind="road", place=GRID_B)
    now = datetime.now(UTC).replace(microsecond=0)
    made = NewAlliance(
        kind="consortium", name="甲片区共同体", name_en="", seat=A, since=SINCE, until=None,
        members=(NewMember("500102001002", "member"),),
    )  # fmt: skip
    codes = found_alliances(system_act(now, "world-alliance"), alliances=[made]).codes
    sheet = keep(io.BytesIO(SHEET.encode()), now)
    titles = english_titles()
    posts = {who: (org, titles[kind], f"p-{who}") for who, (org, kind) in (POSTS | wider.POSTS).items()}
    policy = Policy(printed("fuling"), {**TREE, EMPTY: STREET, **wider.TREE}, posts)
    found = things()
    return World(
        policy,
        found,
        {code: [A, "500102001002"] for code in codes},
        tuple(TREE),
        sheet,
        stock(town),
        dict(town.uids),
        tuple(filed_facts().values()),
    )


def _opened(town: Town) -> None:
    """The first request gets a picture; its title is shown to everybody."""
    from baodao.matters.models import Matter
    from baodao.matters.services import act

    from .stock import by

    number = Matter.objects.order_by("number").values_list("number", flat=True)[0]
    for who, action, fields in (
        ("secretary", "report_in", {}),
        ("resident", "add", {"text": "在三号楼前。", "photo": [wider.picture("green")]}),
        ("secretary", "release", {"title": "三号楼前的路灯"}),
    ):
        act(by(town, who), number=number, action=action, fields=fields)


def private_kind() -> str:
    """A kind of request that is level 2 from the first word."""
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure

    procedure = get_pack("fuling").many(Procedure)["request"]
    return next(kind.name for kind in procedure.kinds if kind.level == 2)


def english_titles() -> dict[str, str]:
    """Kind of post → its printed English title."""
    from baodao.orgs.selectors import post_kinds

    return {code: kind.title_en or kind.title for code, kind in post_kinds("fuling").items()}


def cookie_of(uid: str) -> str:
    """A session of somebody, second factor answered. The sign-in pages have tests of their own."""
    from baodao.people import door
    from baodao.people.models import Account, SignIn
    from baodao.people.services import sign_in
    from baodao.people.services.accounts import account_columns

    now = door.clock()
    account, _made = Account.objects.get_or_create(person_id=uid, defaults=account_columns(now))
    cookie = sign_in.open_session(account.username, "code", "test", now).cookie
    SignIn.objects.filter(account=account).update(factor="two")
    return cookie


def bearer_of(uid: str, post: str) -> dict[str, str]:
    """Headers of a token with all rights of a post."""
    from baodao.api.models import ApiToken

    now, token = datetime.now(UTC), f"token-{post}"
    columns = {
        "title": "t",
        "person": uid,
        "post": post,
        "rights": ["*"],
        "created": now,
        "expires": now + timedelta(days=9),
    }
    ApiToken.objects.get_or_create(digest=hashlib.sha256(token.encode()).hexdigest(), defaults=columns)
    return {"Authorization": f"Bearer {token}"}


def doors(town: Town) -> dict[str, str]:
    """The session cookie of each of the cast."""
    return {who: cookie_of(town.uids[who]) for who in (*CAST, *wider.POSTS)}


def tokens(town: Town) -> dict[str, dict[str, str]]:
    """who → headers of a token with all rights of her post; none for a visitor."""
    return {"visitor": {}, **{who: bearer_of(town.uids[who], f"p-{who}") for who in (*POSTS, *wider.POSTS)}}


__all__ = ["DISTRICT", "doors", "furnish", "local", "things", "tokens"]
