"""`matter.replay`: matters that were lived elsewhere, with their true times, in lists (imports)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare import District, get_pack
from baodao.kernel.errors import Invalid
from baodao.kernel.selectors import current_calendar
from baodao.kernel.verbs import Tx, verb
from baodao.matters.engine import Opening
from baodao.matters.guards import Actor
from baodao.matters.phrases import Sensitive, least_level
from baodao.matters.replay import replay as decide_replay
from baodao.matters.versions import in_force, keep
from baodao.orgs.selectors import forest
from baodao.people.services.identity import queue_aliases

from .intake import MOST, number_of, queue_new
from .tokens import DOMAIN, token_of
from .writing import queue_facts


class Past(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of a file: when it was asked and answered, the texts, who asked (the file's own word for a
    person), and ``key``: source hash + row, so that the same row again adds nothing."""

    key: str
    opened: datetime
    answered: datetime
    text: str
    answer: str
    title: str = ""
    user: str = ""
    claim: str = ""
    precision: Literal["second", "day"] = "second"


class Replayed(Struct, frozen=True):
    """Numbers by key of the row."""

    numbers: dict[str, str]


@verb("matter.replay")
def replay(
    tx: Tx, by: Act, *, org: str, source: str, rows: Sequence[Past], procedure: str = "replayed"
) -> Replayed:
    """Open and close the rows as matters of ``org``, marked by the origin of ``by``. Each row gets a command
    row of its own. Asks ``request.import``. Raises Invalid naming the row for texts or times that cannot
    be."""
    tx.ask("request.import", Subject(ref="matter:new", org=org, level=1))
    if org not in forest() or not 1 <= len(rows) <= MOST:
        raise Invalid.of("org", _("没有这个组织，或一次超过 %(most)d 行") % {"most": MOST}, _("请核对"))
    found, calendar = in_force(org, procedure), current_calendar()
    pack = get_pack(found.pack)
    sensitive = list(pack.many(Sensitive).values())
    form = pack.one(District).number
    tokens = queue_aliases(tx, source, [row.user for row in rows if row.user], DOMAIN)
    actor = Actor(kind=by.kind, token=token_of(tx, by), post=by.post, org=by.office)
    keep(tx, found)
    numbers: dict[str, str] = {}
    for row in rows:
        opening = Opening(
            number=number_of(tx, form),
            digest=found.digest,
            name=found.name,
            org=org,
            actor=actor,
            reporter=tokens.get(row.user, ""),
            happened=row.opened,
            precision=row.precision,
            behalf=True,
            level=least_level(f"{row.title}\n{row.text}\n{row.answer}", sensitive),
            fields={"title": row.title, "text": row.text},
        )
        decision = decide_replay(
            found.procedure,
            opening,
            calendar,
            answered=row.answered,
            claim=row.claim,
            texts={"result": row.answer},
        )
        queue_facts(tx, decision.state.subject, decision.emits)
        queue_new(tx, found, decision.state, decision.emits, by.origin)
        tx.command_row(row.key, opening.number)
        numbers[row.key] = opening.number
    return Replayed(numbers)
