"""Organizations and pairings in numbers, for stories of those who help one another."""

from typing import Any

from tests.support.opening import confirm
from tests.support.town import DISTRICT, SINCE, local


def orgs(*rows: tuple[str, str, str, str, str]) -> None:
    """(code, name, level, kind, parent)."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs

    made = [NewOrg(code=c, name=n, level=level, kind=k, since=SINCE, parent=p) for c, n, level, k, p in rows]
    create_orgs(system_act(local("01-06 09:00"), f"pair-{rows[0][0]}"), orgs=made)


def staff(town: Any, who: str, org: str, kind: str) -> Any:
    """Somebody new in a post; gives a signed-in browser."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people.services.identity import Entry, enrol

    entry = Entry(ref=who, name="某人", phone=f"1360000{len(town.uids):04}", kind="staff")
    uid = enrol(system_act(local("01-06 09:00"), f"enrol-{who}"), entries=[entry]).uids[who]
    made = NewPost(code=f"x-{who}", org=org, kind=kind, person=uid, since=SINCE)
    begin_posts(system_act(local("01-06 09:00"), f"post-{who}"), posts=[made])
    town.uids[who] = uid
    return town.desk(who)


def founded(
    kind: str, name: str, seat: str = DISTRICT, helped: tuple[str, ...] = (), helpers: tuple[str, ...] = ()
) -> str:
    """A pairing as the district enters those that have agreed; gives its code."""
    from datetime import date

    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    members = tuple(NewMember(one, "helped") for one in helped) + tuple(
        NewMember(one, "helper") for one in helpers
    )
    one = NewAlliance(kind=kind, name=name, seat=seat, since=date(2026, 1, 1), members=members)
    return found_alliances(system_act(local("01-07 09:00"), f"found-{name}-{kind}"), alliances=[one]).codes[0]


def found_on_desk(town: Any, who: str, **typed: str) -> str:
    """Found one on the desk; gives its code."""
    where = confirm(town.desk(who), f"/desk/alliances-new/?kind={typed['kind']}", since="2026-11-01", **typed)
    return where.rstrip("/").rpartition("/")[2]
