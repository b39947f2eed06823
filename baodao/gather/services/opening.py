"""Opening slots and series, changing them, calling them off."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext as _

from baodao.gather.policies import at_org, of_slot
from baodao.gather.ruling import NewSlot, judged
from baodao.gather.series import expand
from baodao.gather.serving import judge
from baodao.gather.words import REASONS
from baodao.gather.working import begin, keep, load, load_all
from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.verbs import Tx, verb

MOST = 500


@verb("gather.open")
def open_slots(tx: Tx, by: Act, *, slots: list[NewSlot], rule: str = "") -> list[str]:
    """Open slots; with ``rule`` (iCalendar RRULE) each of them is the first of a series. Gives the codes in order. Raises Invalid
    naming ``slots[n].field``."""
    for org in sorted({slot.org for slot in slots}) or [""]:
        tx.ask("gather.open", at_org(org))
    wanted = _series(tx, slots, rule) if rule else list(slots)
    if len(wanted) > MOST:
        raise Invalid.of("slots", _("一次最多开 %(n)s 场") % {"n": MOST}, _("请分几次"))
    for place, slot in enumerate(slots):
        judged(slot, f"slots[{place}].")
        judge(by, slot, f"slots[{place}].about")
    codes = [begin(tx, slot).code for slot in wanted]
    keep(tx)
    return codes


def _series(tx: Tx, slots: Sequence[NewSlot], rule: str) -> list[NewSlot]:
    number = tx.number("gather_series", len(slots))
    return [one for at, slot in enumerate(slots) for one in expand(slot, rule, f"s-{number + at:06}")]


@verb("gather.change")
def change(tx: Tx, by: Act, *, code: str, slot: NewSlot) -> list[str]:
    """Tell a slot anew. Gives the tokens of those who are elsewhere at the new time and lost their seat."""
    work = load(tx, code)
    tx.ask("gather.change", of_slot(work.it))
    if slot.about != work.it.about:
        judge(by, slot, "about")
    released = work.change(msgspec.structs.replace(slot, series=work.it.series, code=code))
    work.move_up()
    keep(tx)
    return released


@verb("gather.call_off")
def call_off(tx: Tx, by: Act, *, codes: list[str], why: str, reason: str = "") -> list[str]:
    """Slots do not take place; everybody's time is free again."""
    if why not in REASONS:
        raise Invalid.of("why", _("要从清单里选一个原因"))
    if len(reason) > 300:
        raise Invalid.of("reason", _("原因最多 300 字"), _("请写短一些"))
    works = load_all(tx, codes)
    for work in works.values():
        tx.ask("gather.call_off", of_slot(work.it))
    if not works:
        raise Invalid.of("codes", _("没有选场次"), _("请先选"))
    for code in dict.fromkeys(codes):
        works[code].call_off(why, reason.strip())
    keep(tx)
    return list(works)
