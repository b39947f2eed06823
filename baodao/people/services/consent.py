"""Consents, and asking to be forgotten."""

from datetime import datetime

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.people import selectors
from baodao.people.declare import consent_kinds
from baodao.people.models import Consent, ErasureRequest

from .identity import own


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One switch: which declared consent, and yes or no."""

    what: str
    yes: bool


@verb("people.consent")
def consent(tx: Tx, by: Act, *, choices: list[Choice]) -> dict[str, bool]:
    """A person says yes or no to declared uses; what did not change is not written. Gives what is in force
    now."""
    tx.ask("people.consent", own(by))
    kinds, held = consent_kinds(), selectors.open_consents(by.person)
    for choice in choices:
        kind = kinds.get(choice.what)
        if kind is None:
            raise Invalid.of("what", _("没有这一项授权"), ", ".join(kinds))
        rows = held.get(choice.what, [])
        if choice.yes and any(row.version == kind.version for row in rows):
            continue
        for row in rows:
            _queue(tx, row.what, row.version, row.given, max(by.noted, row.given))
        if choice.yes:
            _queue(tx, choice.what, kind.version, by.noted, None)
    return {choice.what: choice.yes for choice in choices}


def queue_given(tx: Tx, person: str, what: str) -> str:
    """Inside another verb: somebody who has no account said yes by word of mouth, or on paper, to the one acting. Gives
    what was agreed to, as a code (``household_contact@1``). Raises Invalid for a use that no pack declares."""
    kind = consent_kinds().get(what)
    if kind is None:
        raise Invalid.of("what", _("没有这一项授权"), ", ".join(consent_kinds()))
    tx.insert(Consent, person_id=person, what=what, version=kind.version, given=tx.by.noted, withdrawn=None)
    return f"{what}:{kind.version}"


def _queue(tx: Tx, what: str, version: str, given: datetime, withdrawn: datetime | None) -> None:
    columns = {
        "person_id": tx.by.person,
        "what": what,
        "version": version,
        "given": given,
        "withdrawn": withdrawn,
    }
    tx.upsert(Consent, ("person", "what", "given"), **columns)


@verb("people.erase_ask")
def erase_ask(tx: Tx, by: Act, *, ask: bool = True) -> bool:
    """A person asks to be forgotten, or takes it back while nobody has carried it out. `baodao erasures`
    lists the requests."""
    tx.ask("people.erase_ask", own(by))
    if ask:
        tx.upsert(ErasureRequest, ("person",), person_id=by.person, asked=by.noted, reason="own_wish")
    else:
        tx.delete(ErasureRequest, person_id=by.person)
    return ask
