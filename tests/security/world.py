"""The town furnished for the generated tests: matters of both levels, an alliance, a sheet, and everybody's doors."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.town import CAST, DISTRICT, GRID_B, ORGS, POSTS, SINCE, A, Town, local

from .printed import Policy, printed
from .routes import Thing, World

TREE = {code: parent for code, _name, _level, _kind, parent in ORGS}
SHEET = "编号\n"


def things() -> dict[str, Thing]:
    """Every matter as its rows tell."""
    from baodao.matters.models import Leg, Matter
    from baodao.matters.policies import subject_of_rows

    legs: dict[str, list[Any]] = {}
    for leg in Leg.objects.all():
        legs.setdefault(leg.matter, []).append(leg)
    owners = owners_of()
    return {
        row.number: Thing(
            subject_of_rows(row, legs.get(row.number, [])), owners.get(row.reporter, ""), bool(row.shown), ""
        )
        for row in Matter.objects.order_by("number")
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

    _UIDS.clear()
    _UIDS.update(town.uids)
    resident = town.phone("resident")
    resident.report(text="路灯不亮。", kind="road")
    resident.report(text="家里有人动手。", kind=private_kind())
    town.phone("neighbour").report(text="井盖响。", kind="road", place=GRID_B)
    now = datetime.now(UTC).replace(microsecond=0)
    made = NewAlliance(
        kind="consortium", name="甲片区共同体", name_en="", seat=A, since=SINCE, until=None,
        members=(NewMember("500102001002", "member"),),
    )  # fmt: skip
    codes = found_alliances(system_act(now, "world-alliance"), alliances=[made]).codes
    sheet = keep(io.BytesIO(SHEET.encode()), now)
    titles = english_titles()
    posts = {who: (org, titles[kind], f"p-{who}") for who, (org, kind) in POSTS.items()}
    policy = Policy(printed("fuling"), TREE, posts)
    return World(policy, things(), {code: [A, "500102001002"] for code in codes}, tuple(TREE), sheet)


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


def doors(town: Town) -> dict[str, str]:
    """The session cookie of each of the cast (second factor answered). The sign-in pages have tests of their own; here the
    session is made."""
    from baodao.people import door
    from baodao.people.models import Account, SignIn
    from baodao.people.services import sign_in
    from baodao.people.services.accounts import account_columns

    now, found = door.clock(), {}
    for who in CAST:
        account, _made = Account.objects.get_or_create(
            person_id=town.uids[who], defaults=account_columns(now)
        )
        found[who] = sign_in.open_session(account.username, "code", "test", now).cookie
    SignIn.objects.update(factor="two")
    return found


def tokens(town: Town) -> dict[str, dict[str, str]]:
    """who → headers of a token with all rights of her post."""
    from baodao.api.models import ApiToken

    now, found = datetime.now(UTC), {"visitor": {}}
    for who in POSTS:
        digest = hashlib.sha256(f"token-{who}".encode()).hexdigest()
        ApiToken.objects.create(
            digest=digest, title="t", person=town.uids[who], post=f"p-{who}", rights=["*"], created=now,
            expires=now + timedelta(days=9),
        )  # fmt: skip
        found[who] = {"Authorization": f"Bearer token-{who}"}
    return found


__all__ = ["DISTRICT", "doors", "furnish", "local", "things", "tokens"]
