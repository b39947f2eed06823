"""Every write to the duty lists, and to the proposals to change them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Conflict, Fault, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.selectors import Recorded, facts_of
from baodao.orgs import duties, facts, selectors
from baodao.orgs.duties import KINDS, OUTCOMES, REASONS, NewDuty, NewList, Version, list_code
from baodao.orgs.models import DutyChange, DutyItem, DutyList
from baodao.orgs.ruling import Faults

#: Items of one command.
MOST = 20_000
#: So many ruled disputes within a year propose a change of the list.
DISPUTES, YEAR = 3, timedelta(days=365)
#: How a dispute over an item was ruled: the one who disputed was right, or not.
RULED = ("upheld", "overruled")


class Adopted(msgspec.Struct):
    """Keys (`<org>@<since>`) of versions that began with this command, and of those that were there just
    so."""

    adopted: list[str]
    same: list[str]


@verb("duty.adopt")
def adopt_duties(tx: Tx, by: Act, *, lists: list[NewList]) -> Adopted:
    """Whole lists hold from their days on; each ends the version before it. The same list again adds
    nothing. One reading statement, bulk writes.

    :raises Invalid: faults by place (``lists[0].items[3].code``); nothing is written.
    :raises Conflict: a version of that day or a later one is there already.
    """
    for org in sorted({one.org for one in lists}) or [""]:
        tx.ask("duty.adopt", Subject(ref=f"duty:{org}", org=org))
    check_lists(lists)
    held: dict[str, list[Version]] = {}
    for version in duties.versions_of({one.org for one in lists}):
        held.setdefault(version.org, []).append(version)
    done = Adopted([], [])
    conflicts: list[Fault] = []
    for number, one in enumerate(lists):
        last = next(iter(held.get(one.org, [])), None)
        digest = duties.digest_of(one.items)
        if last is not None and last.digest == digest and last.since <= one.since:
            done.same.append(last.code)
        elif last is not None and last.since >= one.since:
            conflicts.append(Fault(f"lists[{number}].since", *later(one.org, last.since)))
        else:
            _adopt(tx, by, one, digest, last)
            done.adopted.append(list_code(one.org, one.since))
    if conflicts:
        raise Conflict(*conflicts)
    return done


def later(org: str, since: date) -> tuple[str, str]:
    """Reason and remedy when a version of that day or a later one is there."""
    reason = _("%(org)s 已经有 %(day)s 起的清单") % {"org": selectors.name_of(org), "day": since}
    return reason, _("新的一版要从更晚的一天起")


def check_lists(lists: Sequence[NewList]) -> None:
    """All faults of lists to be. Raises Invalid. No statement."""
    faults = Faults("lists")
    trees = selectors.forest()
    orgs = [one.org for one in lists]
    if not lists or sum(len(one.items) for one in lists) > MOST:
        raise Invalid.of("lists", _("一次要有 1 到 %(most)d 项") % {"most": MOST}, _("请分几次提交"))
    for number, one in enumerate(lists):
        faults.day(number, "since", one.since)
        node = trees.nodes.get(one.org)
        if node is None or not node.at(one.since):
            remedy = suggest(one.org, trees.nodes)[1]
            faults.add(number, "org", _("那一天没有组织 %(code)s") % {"code": one.org}, remedy)
        if one.org in orgs[:number]:
            faults.add(number, "org", _("同一个单位写了两份清单"))
        if not one.items:
            faults.add(number, "items", _("清单里没有事项"))
        codes: set[str] = set()
        for place, item in enumerate(one.items):
            _check_item(faults, number, f"items[{place}]", item, codes)
    faults.close()


def _check_item(faults: Faults, number: int, key: str, item: NewDuty, codes: set[str]) -> None:
    if not duties.ITEM_CODE.match(item.code):
        faults.add(number, f"{key}.code", _("事项编号写法不对"), _("1 到 24 个字母、汉字、数字、点、- 或 _"))
    elif item.code in codes:
        faults.add(number, f"{key}.code", _("编号 %(code)s 在这份清单里写了两次") % {"code": item.code})
    codes.add(item.code)
    if item.kind not in KINDS:
        faults.add(number, f"{key}.kind", _("没有这一类"), "、".join(KINDS))
    faults.text(number, f"{key}.title", item.title, 1, 200)
    faults.text(number, f"{key}.basis", item.basis, 0, 300)
    faults.text(number, f"{key}.keywords", item.keywords, 0, 200)


def _adopt(tx: Tx, by: Act, new: NewList, digest: str, last: Version | None) -> None:
    # Upserts in the order old, new: the old version is closed before the new one opens.
    if last is not None:
        tx.upsert(
            DutyList, ("code",), code=last.code, org_id=last.org, since=last.since, until=new.since,
            origin=last.origin, digest=last.digest,
        )  # fmt: skip
    code = list_code(new.org, new.since)
    tx.upsert(
        DutyList, ("code",), code=code, org_id=new.org, since=new.since, until=None,
        origin=by.origin, digest=digest,
    )  # fmt: skip
    for place, item in enumerate(new.items, 1):
        tx.insert(
            DutyItem, list_id=code, place=place, code=item.code, title=item.title.strip(), kind=item.kind,
            basis=item.basis.strip(), keywords=item.keywords.strip(), terms=duties.terms_of(item),
        )  # fmt: skip
    kinds = [item.kind for item in new.items]
    data = facts.DutyAdopted(
        since=new.since.isoformat(), digest=digest, **{kind: kinds.count(kind) for kind in KINDS}
    )
    tx.fact(data, subject=f"duty:{new.org}", org=new.org)


@verb("duty.propose_change")
def propose_change(tx: Tx, by: Act, *, org: str, item: str, reason: str, wanted: str = "") -> str:
    """Propose that an item of the list of today be changed; ``wanted`` is the class it should have. Gives the
    proposal's code.

    :raises Invalid: no such item, reason or class.
    :raises Conflict: a proposal about this item is open already.
    """
    tx.ask("duty.propose_change", Subject(ref=f"duty:{org}", org=org, level=1))
    duty = duties.find_duty(org, item, timezone.localdate(by.happened))
    found = [
        Fault("item", _("现在的清单里没有这一项"), _("请从清单里选")) if duty is None else None,
        Fault("reason", _("没有这个理由"), "、".join(REASONS)) if reason not in REASONS else None,
        Fault("wanted", _("没有这一类"), "、".join(KINDS)) if wanted and wanted not in KINDS else None,
        Fault("wanted", _("它现在就是这一类"), _("请选别的类，或不选"))
        if duty and wanted == duty.kind
        else None,
    ]
    if faults := [fault for fault in found if fault is not None]:
        raise Invalid(*faults)
    past = _past(org, item)
    if past.open:
        raise Conflict.of(
            "item", _("这一项已经有修改建议 %(code)s") % {"code": past.open}, _("等它有了结果再提")
        )
    return _propose(tx, by, org, item, reason=reason, wanted=wanted, disputes=len(past.disputes))


@verb("duty.settle_change")
def settle_change(tx: Tx, by: Act, *, code: str, outcome: str) -> str:
    """Accept or decline a proposal. An accepted one changes nothing by itself: the next version of the list
    does. Gives the outcome.

    :raises Missing: no such proposal.
    :raises Conflict: it was settled otherwise meanwhile.
    """
    row = duties.change(code)
    if row is None:
        raise Missing.of("code", _("没有这条修改建议"), _("请从列表里选"))
    tx.ask("duty.settle_change", Subject(ref=f"duty:{row.org}", org=row.org, level=1))
    if outcome not in OUTCOMES:
        raise Invalid.of("outcome", _("没有这个结果"), "、".join(OUTCOMES))
    if row.state != "open":
        raise Conflict.of("code", _("这条建议已经有结果：%(state)s") % {"state": OUTCOMES[row.state]})
    columns = msgspec.structs.asdict(row)
    columns |= {"org_id": columns.pop("org"), "state": outcome, "settled": timezone.localdate(by.happened)}
    tx.upsert(DutyChange, ("code",), **columns)
    data = facts.DutyChangeSettled(outcome=outcome)
    tx.fact(data, subject=_subject(row.org, row.item), about=code, org=row.org, level=1)
    return outcome


def note_dispute(tx: Tx, by: Act, org: str, item: str, outcome: str) -> str:
    """Count a ruled dispute over an item; the third within a year (since the last settled proposal) opens a
    proposal to change the list, once. Gives its code, or "". For the verb that rules the dispute: asks no
    right of its own. One reading statement, one more when a proposal opens.

    :param item: the item's code in the list of ``org``, or ``<org>:<code>`` for another's; "" (none was cited)
        is not counted.
    :param outcome: ``upheld`` or ``overruled``; both count: either way the list did not settle the matter.
    """
    if outcome not in RULED:
        raise Invalid.of("outcome", _("没有这个裁定结果"), "、".join(RULED))
    other, _colon, item = item.rpartition(":")
    org = other or org
    if not item:
        return ""
    past = _past(org, item)
    tx.fact(facts.DutyDisputed(outcome=outcome), subject=_subject(org, item), org=org, level=1)
    recent = [fact for fact in past.disputes if fact.happened > by.happened - YEAR]
    if past.open or len(recent) + 1 < DISPUTES:
        return ""
    return _propose(tx, by, org, item, reason="disputed", wanted="", disputes=len(recent) + 1)


class _Past(msgspec.Struct):
    """The open proposal about an item ("" for none), and the disputes since the last one was settled."""

    open: str
    disputes: list[Recorded]


def _past(org: str, item: str) -> _Past:
    past = _Past("", [])
    for fact in facts_of(_subject(org, item)):
        if fact.kind == "duty.change_proposed":
            past.open = fact.about
        elif fact.kind == "duty.change_settled":
            past = _Past("", [])
        elif fact.kind == "duty.disputed":
            past.disputes.append(fact)
    return past


def _subject(org: str, item: str) -> str:
    return f"duty:{org}/{item}"


def _propose(tx: Tx, by: Act, org: str, item: str, *, reason: str, wanted: str, disputes: int) -> str:
    code = f"dc-{tx.number('duty_change'):06}"
    columns: Mapping[str, object] = {
        "code": code, "org_id": org, "item": item, "reason": reason, "wanted": wanted, "disputes": disputes,
        "state": "open", "opened": timezone.localdate(by.happened), "settled": None, "origin": by.origin,
    }  # fmt: skip
    tx.insert(DutyChange, **columns)
    data = facts.DutyChangeProposed(reason=reason, wanted=wanted, disputes=disputes)
    tx.fact(data, subject=_subject(org, item), about=code, org=org, level=1)
    return code
