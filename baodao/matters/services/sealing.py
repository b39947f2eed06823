"""Sealed matters: texts go into a box of their own, readers are named and stand apart from the unit concerned, every opening
is for a purpose and logged, and what was unfounded is gone with its key (docs/decisions/0011-index-cards.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, allowed
from baodao.ledger.selectors import Recorded, texts_of
from baodao.matters.clocks import Calendar
from baodao.matters.declare import Action, Procedure
from baodao.matters.engine import Decision, decide
from baodao.matters.facts import Emit, Opened
from baodao.matters.forms import READER
from baodao.matters.guards import SYSTEM, Actor
from baodao.matters.models import Matter, Reader
from baodao.matters.move import Ports
from baodao.matters.policies import stands_apart
from baodao.matters.state import State
from baodao.matters.switches import Switch
from baodao.orgs import selectors as orgs
from baodao.orgs.models import Post
from baodao.orgs.rights import matches
from baodao.people import boxes
from baodao.people.declare import purposes
from baodao.people.services.logs import log_access
from baodao.people.vault import Tampered

#: The right by which a named reader opens a box.
UNSEAL = "matter.unseal"
#: The field that names the unit concerned; it lies in the box like every other.
UNIT = "unit"
#: Whoever writes to a sealed procedure from outside is nobody.
NOBODY = Actor(kind="anonymous")


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────


def put_in(subject: str, emits: Iterable[Emit]) -> Iterator[Emit]:
    """The same facts, with the texts of sealed ones as they are stored: in the subject's box."""
    for emit in emits:
        if not (emit.sealed and emit.texts):
            yield emit
            continue
        boxes.make(subject)
        yield replace(
            emit, texts={slot: boxes.shut(subject, slot, text) for slot, text in emit.texts.items()}
        )


def destroy_after(tx: Tx, subject: str) -> None:
    """Once the command is written, the key goes: no dump and no backup of the database opens any more."""
    tx.after_commit(lambda: boxes.destroy(subject))


def unit_of(subject: str, facts: Iterable[Recorded]) -> str:
    """The unit concerned, "" once the box is empty. For the checks of this module only: nothing of it is shown."""
    opened = next((fact for fact in facts if isinstance(fact.data, Opened)), None)
    held = texts_of([opened.id], shut=True).get(opened.id, {}) if opened is not None else {}
    return _opened(subject, {0: {UNIT: held[UNIT]}})[0][UNIT] if UNIT in held else ""


# ── readers ─────────────────────────────────────────────────────────────────────────────────────────────


def stands_clear(post: Post, unit: str, day: date) -> bool:
    """Whether the holder of a post has nothing to do with a unit, in any of her posts."""
    held = {str(one.org_id) for one in orgs.posts_of(post.person, day)} | {str(post.org_id)}
    return not unit or all(stands_apart(org, unit, day) for org in held)


def adder(procedure: Procedure) -> Action | None:
    """The action that names a reader."""
    return next((action for action in procedure.actions if action.readers == "add"), None)


def name_keepers(
    procedure: Procedure, opened: Decision, switch: Switch, calendar: Calendar, ports: Ports
) -> Decision:
    """The same opening with the first readers of a sealed matter: all holders of the keepers' posts who have nothing to do
    with the unit concerned. Raises Invalid when nobody is left."""
    first, naming, state = opened.emits[0], adder(procedure), opened.state
    day, unit = timezone.localdate(first.happened), first.texts.get(UNIT, "")
    held = [post for post in orgs.holders_of(switch.keepers, day) if stands_clear(post, unit, day)]
    if naming is None or not held:
        raise Invalid.of(UNIT, _("这里没有人能接对这个单位的反映"), _("请向上一级反映，或拨打 12388"))
    emits = list(opened.emits)
    for post in held:
        given = {READER: post.code}
        decision = decide(
            procedure,
            state,
            naming.name,
            SYSTEM,
            fields=given,
            happened=first.happened,
            calendar=calendar,
            ports=ports,
        )
        emits, state = [*emits, *decision.emits], decision.state
    return Decision(tuple(emits), state)


def check_reader(
    state: State, facts: Iterable[Recorded], action: Action, fields: Mapping[str, object], day: date
) -> None:
    """Raises Invalid for a reader to be who may not read by her post, or who has to do with the unit concerned, and for
    taking off the last one."""
    if action.readers == "drop" and fields.get(READER) not in state.named:
        raise Invalid.of(READER, _("这个岗位没有被点名"), _("请从点名的人里选"))
    if action.readers == "drop" and set(state.named) <= {str(fields.get(READER))}:
        raise Invalid.of(READER, _("最后一个点名的人不能去掉"), _("请先点名另一个人"))
    if action.readers != "add":
        return
    post = orgs.post(str(fields.get(READER) or ""))
    if post is None or not post.person or not may_be_named(post, day):
        raise Invalid.of(READER, _("这个岗位不能点名来看"), _("请选线索管理、巡察的岗位"))
    if not stands_clear(post, unit_of(state.subject, facts), day):
        raise Invalid.of(READER, _("这个人和被反映的单位有关，不能看"), _("请选别的单位的人"))


def nameable(day: date) -> list[Post]:
    """Appointments in force that may be named as readers. One statement."""
    kinds = [
        code
        for code, kind in orgs.post_kinds(orgs.home_pack(day)).items()
        if any(line.reach == "named" and matches(line.right, UNSEAL) for line in kind.rights)
    ]
    return orgs.holders_of(kinds, day)


def may_be_named(post: Post, day: date) -> bool:
    """Whether a post may open what names it."""
    given = orgs.grants_of(post.code, str(post.org_id), post.kind, day)
    return any(grant.reach == "named" and matches(grant.right, UNSEAL) for grant in given)


def queue_readers(tx: Tx, before: Iterable[str], after: State) -> None:
    """Rows of those named and of those taken off."""
    had = set(before)
    for post in sorted(set(after.named) - had):
        tx.insert(Reader, matter=after.number, post=post)
    if gone := sorted(had - set(after.named)):
        tx.delete(Reader, matter=after.number, post=gone)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────


def unsealed(by: Act, state: State, facts: Iterable[Recorded]) -> dict[int, dict[str, str]]:
    """Texts by fact and slot of a sealed matter that this reader was shown already. Writes the access log in the same
    transaction: no row, no reading. Raises Refused without a purpose, for anybody but a named reader herself, and for
    one who has come to have to do with the unit concerned; Missing once the texts are gone."""
    from baodao.matters.policies import subject_of

    subject = subject_of(state)
    if by.deputy or by.post not in state.named or not allowed(by, UNSEAL, subject):
        raise Refused.of("", _("这张卡片只对点名的人开放"), _("请由点名的人本人打开"), right=UNSEAL)
    if by.purpose not in purposes():
        raise Refused.of("purpose", _("没有说明用途"), _("打开卡片要先选一个用途"))
    told = list(facts)
    post, unit = orgs.post(by.post), unit_of(subject.ref, told)
    if post is None or not stands_clear(post, unit, timezone.localdate(by.noted)):
        raise Refused.of("", _("您和被反映的单位有关，不能打开"), _("请告诉别的点名的人"), right=UNSEAL)
    with transaction.atomic():
        held = texts_of([fact.id for fact in told], shut=True)
        if not held:
            raise Missing.of("number", _("文字已经删除，只留件数"), _("请看办理经过"))
        log_access(by, by.office, [("", ("card",))], subject.ref)
        return _opened(subject.ref, held)


def _opened(subject: str, held: Mapping[int, Mapping[str, str]]) -> dict[int, dict[str, str]]:
    """Raises Conflict when the key does not open them."""
    try:
        return {
            n: {slot: boxes.unshut(subject, slot, text) for slot, text in slots.items()}
            for n, slots in held.items()
        }
    except Tampered:
        raise Conflict.of(
            "", _("钥匙丢了或不对，打不开"), _("请管理员从钥匙的备份恢复，运行 baodao doctor")
        ) from None


# ── what is counted ─────────────────────────────────────────────────────────────────────────────────────

#: Fewer than so many are not told as a number.
LEAST = 10


def totals(name: str) -> list[tuple[str, int | None]]:
    """How many sealed matters of a procedure there are over the whole installation, by outcome ("" = all, "open"): None where
    there are fewer than ten. Never by unit: units lie in the boxes. One statement."""
    rows = Matter.objects.filter(procedure=name).values_list("outcome", "ended")
    found = Counter("open" if ended is None else outcome for outcome, ended in rows)
    total = sum(found.values())
    parts = [("", total), *sorted(found.items())]
    shown = [(key, n if n >= LEAST else None) for key, n in parts]
    # One hidden part could be told from the rest.
    if sum(n is None for _key, n in shown) == 1:
        shown = [shown[0], *((key, None) for key, _n in shown[1:])]
    return shown
