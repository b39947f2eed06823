"""Procedure versions: which procedure is in force for an organization, and the one that a matter was opened
under."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.epochs import epoch
from baodao.kernel.errors import Missing
from baodao.kernel.verbs import Tx
from baodao.orgs.selectors import forest, pack_of

from .checklists.selectors import EPOCH as LISTS
from .checklists.selectors import lists, sources, with_lists
from .clocks import Calendar
from .declare import Procedure, canonical, digest, restore
from .facts import FactLike, Opened
from .fold import Unfoldable, fold
from .models import ProcedureVersion
from .move import Ports
from .state import State


class InForce(Struct, frozen=True):
    """A procedure as a pack declares it now, with its digest."""

    pack: str
    name: str
    procedure: Procedure
    digest: str


_digests: dict[tuple[str, str], tuple[Procedure, str]] = {}
_with_lists: dict[tuple[str, ...], tuple[int, Procedure, InForce]] = {}


def in_force(org: str, name: str, day: date | None = None) -> InForce:
    """The procedure ``name`` of the pack that rules an organization. Raises Missing."""
    pack = pack_of(org, day)
    procedure = get_pack(pack).many(Procedure).get(name)
    if procedure is None:
        raise Missing.of("procedure", _("这里没有“%(name)s”这种事") % {"name": name}, _("请从列表里选"))
    owners = sources(org, name, day) if lists() else {}
    if owners:
        return _listed(pack, name, procedure, owners)
    held = _digests.get((pack, name))
    if held is None or held[0] is not procedure:
        held = _digests[(pack, name)] = (procedure, digest(procedure))
    return InForce(pack, name, procedure, held[1])


def _listed(pack: str, name: str, procedure: Procedure, owners: dict[str, str]) -> InForce:
    """The procedure with the lists that organizations brought in: a version like any other, kept by its digest."""
    key = (pack, name, *(f"{kind}={org}" for kind, org in sorted(owners.items())))
    state = (epoch(LISTS), procedure)
    held = _with_lists.get(key)
    if held is None or held[0] != state[0] or held[1] is not procedure:
        made = with_lists(procedure, name, owners)
        held = _with_lists[key] = (*state, InForce(pack, name, made, digest(made)))
    return held[2]


@lru_cache(maxsize=256)
def version(code: str) -> Procedure:
    """The procedure of a digest. Raises ProcedureVersion.DoesNotExist for one that no matter was opened
    under."""
    return restore(bytes(ProcedureVersion.objects.values_list("body", flat=True).get(digest=code)))


def unfold(facts: Sequence[FactLike], calendar: Calendar, number: str) -> tuple[Procedure, State]:
    """The version that a matter stands under now, and its state. Raises Unfoldable."""
    if not facts or not isinstance(facts[0].data, Opened):
        raise Unfoldable("no facts")
    state = fold(version(facts[0].data.digest), facts, calendar, number, version)
    return version(state.digest), state


def ports_of(name: str, org: str, pack: str) -> Ports:
    """What the engine may ask of the packs for a matter of procedure ``name`` that ``org`` looks after."""

    def limits(addressee: str, procedure: Procedure) -> dict[str, str]:
        theirs = pack_of(addressee) if addressee in forest() else pack
        other = get_pack(theirs).many(Procedure).get(name) if theirs != pack else None
        if other is None:
            return {}
        ours = {clock.name: clock.limit for clock in procedure.clocks if clock.on == "leg"}
        return {
            clock.name: clock.limit
            for clock in other.clocks
            if clock.name in ours and clock.limit != ours[clock.name]
        }

    def another(wanted: str) -> tuple[str, Procedure]:
        found = in_force(org, wanted)
        return found.digest, found.procedure

    return Ports(limits, another)


_kept: set[str] = set()


def keep(tx: Tx, found: InForce) -> None:
    """Queue the version if this process has not seen it kept; the same bytes again change nothing."""
    if found.digest in _kept:
        return
    tx.upsert(
        ProcedureVersion, ("digest",), digest=found.digest, name=found.name, body=canonical(found.procedure)
    )
    tx.after_commit(lambda: _kept.add(found.digest))


def forget() -> None:
    """Tests that swap the database."""
    _kept.clear()
    _with_lists.clear()
    version.cache_clear()


def words_of(pack: str, name: str, procedure: Procedure, lang: str) -> Procedure:
    """A version in the reader's language; texts that the present pack does not translate stay Chinese."""
    try:
        held: Pack = get_pack(pack)
    except Exception:  # a pack that was taken away leaves its matters readable
        return procedure
    spoken: Any = held.speak(procedure, "procedure", name, lang)
    return spoken if isinstance(spoken, Procedure) else procedure
