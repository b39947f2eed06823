"""Every write of hand-over sheets. Facts first; rows are what `fold` makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, allowed, lock, verb
from baodao.ledger.selectors import facts_of
from baodao.orgs.facts import Divided
from baodao.orgs.models import Post
from baodao.people.services.identity import queue_token

from . import facts, ports, selectors
from .fold import Party, Sheet, Told, after, fold
from .models import Handover, HandoverPart, HandoverSign
from .ports import Heir

#: Items that go over within one command; more follow with the next.
STEP = 50
#: Items of a sheet that are shown and signed for one by one.
MOST = 2000


class Signed(Struct, frozen=True):
    """What a signature made of the sheet: its state, and who is still wanted."""

    state: str
    wanting: int


@verb("handover.open")
def open_sheet(tx: Tx, by: Act, *, post: str, heir: str = "", day: date | None = None) -> str:
    """Begin a sheet for a post. ``heir``: the post of the same office that takes over ("" : the office itself). ``day``:
    from when on (default: the day the appointment ends, else today). Gives the sheet's code.

    :raises Invalid: no such post, or the heir is none in force on that day.
    :raises Conflict: a sheet for this post is open already.
    """
    held = Post.objects.filter(code=post).first()
    if held is None:
        raise Missing.of("post", _("没有这个岗位"), _("请从列表里选"))
    next_one = _heir(heir)
    tx.ask("handover.open", selectors.subject_of(held, next_one))
    today = timezone.localdate(by.happened)
    day = day or (held.until or today)
    _check_heir(heir, next_one, held, day)
    lock(_LOCK)
    running = Handover.objects.filter(post=post, state__in=("open", "signed")).first()
    if running is not None:
        raise Conflict.of(
            "post", _("这个岗位已经有交接单 %(code)s") % {"code": running.code}, _("在那一张上交接")
        )
    code = f"ho-{tx.number('handover'):06}"
    data = facts.Opened(post=post, heir=heir, day=day.isoformat())
    tx.fact(data, subject=f"handover:{code}", org=str(held.org_id), level=1)
    sheet = after(None, Told(data, by.happened, str(held.org_id), by.post))
    assert sheet is not None
    tx.insert(Handover, **columns(code, sheet, by.origin))
    return code


@verb("handover.assign")
def assign(tx: Tx, by: Act, *, code: str, heir: str, items: Sequence[str] = ()) -> str:
    """Choose who takes these items (none named: all that have nobody else). What was signed holds no longer."""
    row, before = _asked(tx, "handover.assign", code, heir)
    _still(before, "open", "signed")
    _check_heir(heir, _heir(heir), selectors.post_of(before.post), before.day)
    known = {ports.ref(keeper, item) for keeper, item in ports.refs_of(before.post, MOST)}
    if unknown := [one for one in items if one not in known]:
        raise Conflict.of("items", _("清单里已经没有 %(item)s") % {"item": unknown[0]}, _("请刷新页面再选"))
    data = facts.Assigned(heir=heir, items=tuple(sorted(set(items))))
    _record(tx, by, row, before, data)
    return heir


@verb("handover.sign")
def sign(tx: Tx, by: Act, *, code: str, side: str, party: str, reason: str = "", seen: str = "") -> Signed:
    """Sign for one party: the leaver and each heir for themselves, the office through who answers for it; a superior
    stands in for a person who is gone, with the reason. The same person never signs for both sides. ``seen``: digest of
    the list that the signer read.

    :raises Conflict: the list is another one meanwhile; or the same person signed the other side.
    """
    row, before = _asked(tx, "handover.sign", code)
    _still(before, "open")
    wanted: Party = ("leaver", party) if side == "leaver" else ("heir", party)
    if wanted not in before.wanting:
        raise Conflict.of("party", _("这一方已经签过，或不在单上"), _("请刷新页面"))
    stands_in = _stands_in(tx, by, before, wanted, reason)
    listed = listing(before)
    if seen and seen != listed.digest:
        raise Conflict.of("seen", _("清单刚刚变了"), _("请再看一遍，然后签"))
    token = queue_token(tx, by.person, "service") if by.person else ""
    _refuse_both(before, wanted, token)
    data = facts.Signed(
        side=wanted[0], party=party, stands_in=stands_in, items=listed.n, digest=listed.digest
    )
    texts = {"reason": reason.strip()} if stands_in else {}
    after_ = _record(tx, by, row, before, data, person=token, texts=texts)
    return Signed(after_.state, len(after_.wanting))


@verb("handover.drop")
def drop(tx: Tx, by: Act, *, code: str) -> str:
    """The sheet is void; whatever is open stays where it is, for `selectors.GRACE` where the appointment is over. Not once items have
    gone over."""
    row, before = _asked(tx, "handover.drop", code)
    _still(before, "open", "signed")
    if before.passed:
        raise Conflict.of("", _("已经有 %(n)d 件交过去了") % {"n": before.passed}, _("请等它交完"))
    _record(tx, by, row, before, facts.Dropped())
    return code


@verb("handover.pass")
def pass_on(tx: Tx, by: Act, *, code: str) -> int:
    """The system's own act on a sheet from its day on: the next items go over. All have signed, or whoever left is gone for `selectors.GRACE`
    and not all did: nothing open stays with a leaver. Gives how many are still to go."""
    row = _row(code)
    tx.ask("handover.pass", Subject(ref=f"handover:{code}", org=row.org, level=1))
    before = _folded(code)
    unsigned = before.state == "open" and code in selectors.unsigned(
        timezone.localdate(by.happened), code=code
    )
    _still(before, "signed", *(["open"] if unsigned else []))
    if timezone.localdate(by.happened) < before.day:
        raise Conflict.of("", _("还没到 %(day)s") % {"day": before.day}, _("到那一天自动交接"))
    listed = [ports.ref(k, i) for k, i in ports.refs_of(before.post, STEP + 1) if not k.follows]
    today = timezone.localdate(by.happened)
    heirs = {one: selectors.heir_at(before.heir_of(one), before.org, today) for one in listed[:STEP]}
    total = ports.open_of([before.post]).get(before.post, 0)
    went = ports.hand(tx, by, heirs)
    rest = max(0, total - len(heirs)) if went else 0
    _record(tx, by, row, before, facts.Passed(items=went, rest=rest, unsigned=unsigned))
    return rest


@verb("handover.succeed")
def succeed(tx: Tx, by: Act, *, org: str, heir: str) -> int:
    """The system's own act for an organization that has ended: its next open items go to the one that took over. Gives how
    many went."""
    tx.ask("handover.succeed", Subject(ref=f"org:{org}", org=org, level=1))
    refs = [f"{one.name}:{key}" for one in ports.keepers(follows=False) for key in one.keys_of_org(org, STEP)]
    return ports.hand(tx, by, {one: Heir(heir) for one in refs[:STEP]})


@verb("handover.divide")
def divide(tx: Tx, by: Act, *, org: str, part: str, since: date) -> int:
    """The system's own act after a split: of what came to an organization before ``since`` the next open items on the ground
    of the part go to that one. Gives how many went; after the last of them it is recorded that all have. Nothing is done
    while the part answers for no ground."""
    tx.ask("handover.divide", Subject(ref=f"org:{org}", org=org, level=1))
    keepers = ports.keepers(follows=False)
    held = {one.name: one.keys_on(org, part, since, STEP) for one in keepers}
    if all(keys is None for keys in held.values()):
        return 0
    refs = [f"{name}:{key}" for name, keys in held.items() for key in keys or ()]
    went = ports.hand(tx, by, {one: Heir(part) for one in refs[:STEP]})
    if not went or len(refs) < STEP:
        tx.fact(Divided(part=part, items=went), subject=f"org:{org}", org=org)
    return went


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────

_LOCK = 0x48414E44  # "HAND"


class Listed(Struct, frozen=True):
    """How many items are on a sheet now, and the digest of the list with its heirs."""

    n: int
    digest: str


def listing(sheet: Sheet) -> Listed:
    """What a signature speaks of."""
    refs = [ports.ref(keeper, item) for keeper, item in ports.refs_of(sheet.post, MOST) if not keeper.follows]
    lines = sorted(f"{one} {sheet.heir_of(one)}" for one in refs)
    return Listed(len(refs), hashlib.sha256("\n".join(lines).encode()).hexdigest())


def _asked(tx: Tx, right: str, code: str, heir: str = "") -> tuple[Handover, Sheet]:
    """The sheet, after asking for it. Raises Missing, Refused."""
    lock(_LOCK)
    row, sheet = _row(code), _folded(code)
    heirs = [_heir(one) for one in [*sheet.heirs, heir] if one]
    tx.ask(right, selectors.subject_of(selectors.post_of(sheet.post), *heirs))
    return row, sheet


def _row(code: str) -> Handover:
    row = Handover.objects.filter(code=code).first()
    if row is None:
        raise Missing.of("code", _("没有这张交接单"), _("请从列表里选"))
    return row


def _folded(code: str) -> Sheet:
    sheet = fold(facts_of(f"handover:{code}"))
    if sheet is None:
        raise Missing.of("code", _("没有这张交接单"), _("请从列表里选"))
    return sheet


def _still(sheet: Sheet, *states: str) -> None:
    if sheet.state not in states:
        words = {
            "open": _("还没签齐"), "signed": _("都签过了"), "done": _("已经交接完"), "dropped": _("已经作废"),
        }  # fmt: skip
        raise Conflict.of("", _("这张交接单%(state)s") % {"state": words[sheet.state]}, _("请刷新页面"))


def _heir(code: str) -> Post | None:
    return Post.objects.filter(code=code).first() if code else None


def _check_heir(code: str, heir: Post | None, leaver: Post | None, day: date) -> None:
    if not code:
        return
    if heir is None or (heir.until is not None and heir.until <= day) or heir.since > day:
        raise Invalid.of("heir", _("%(day)s 没有这个岗位") % {"day": day}, _("先任命接手的人，再选"))
    if leaver is not None and heir.code == leaver.code:
        raise Invalid.of("heir", _("不能交给自己"), _("请选另一个岗位"))
    if leaver is not None and heir.org_id != leaver.org_id:
        # Another unit is called by the procedure's own step, which asks its rights.
        raise Invalid.of("heir", _("只能交给本单位的岗位"), _("要转给别的单位，请在那件事上转办"))


def _stands_in(tx: Tx, by: Act, sheet: Sheet, party: Party, reason: str) -> bool:
    """Whether the actor signs for somebody else. Raises Refused, Invalid."""
    _side, code = party
    subject = selectors.subject_of(selectors.post_of(sheet.post))
    if not code:
        if not allowed(by, "handover.take", subject):
            raise Refused.of(
                "", _("交回单位的，由单位负责人签收"), _("请单位负责人来签"), right="handover.take"
            )
        return False
    held = selectors.post_of(code)
    if held is not None and held.person and held.person == by.person:
        return False
    if not allowed(by, "handover.stand_in", subject):
        raise Refused.of("", _("要由本人签"), _("本人不在时，由上级写明原因代签"), right="handover.stand_in")
    if not 2 <= len(reason.strip()) <= 200:
        raise Invalid.of("reason", _("代签要写原因"), _("例如：本人已调离，无法到场"))
    return True


def _refuse_both(sheet: Sheet, party: Party, token: str) -> None:
    other = [sign for (side, _code), sign in sheet.signs.items() if side != party[0]]
    if token and any(sign.person == token for sign in other):
        raise Conflict.of("party", _("您已经代表另一方签过，换一个岗位也一样"), _("这一方要由另一个人来签"))


def _record(tx: Tx, by: Act, row: Handover, before: Sheet, data: Any, **more: Any) -> Sheet:
    """Queue a fact of a sheet and the rows that follow from it."""
    tx.fact(data, subject=f"handover:{row.code}", org=before.org, level=1, **more)
    told = Told(data, by.happened, before.org, by.post, str(more.get("person", "")))
    sheet = after(before, told)
    assert sheet is not None
    tx.upsert(Handover, ("code",), **columns(row.code, sheet, row.origin))
    for item in sorted(set(before.parts) - set(sheet.parts)):
        tx.delete(HandoverPart, sheet_id=row.code, item=item)
    for item, heir in sheet.parts.items():
        if before.parts.get(item) != heir:
            tx.upsert(HandoverPart, ("sheet_id", "item"), sheet_id=row.code, item=item, heir=heir)
    if before.signs and not sheet.signs:
        tx.delete(HandoverSign, sheet_id=row.code)
    for party, sign in sheet.signs.items():
        if before.signs.get(party) != sign:
            tx.upsert(HandoverSign, ("sheet_id", "side", "party"), **sign_columns(row.code, party, sign))
    return sheet


def columns(code: str, sheet: Sheet, origin: str) -> dict[str, Any]:
    """A sheet as model columns."""
    return {
        "code": code, "post": sheet.post, "org": sheet.org, "heir": sheet.heir, "day": sheet.day,
        "state": sheet.state, "passed": sheet.passed, "opened": sheet.opened, "dropped": sheet.dropped, "origin": origin,
    }  # fmt: skip


def sign_columns(code: str, party: Party, sign: Any) -> dict[str, Any]:
    """A signature as model columns."""
    return {
        "sheet_id": code, "side": party[0], "party": party[1], "person": sign.person, "post": sign.post,
        "stands_in": sign.stands_in, "items": sign.items, "digest": sign.digest, "at": sign.at,
    }  # fmt: skip


__all__: Sequence[str] = ["assign", "drop", "listing", "open_sheet", "pass_on", "sign", "succeed"]
