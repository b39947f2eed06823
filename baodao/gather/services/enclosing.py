"""Files of a slot: papers to read before, the photo of a list signed on paper. Presence itself is entered by list (`gather.attend`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.gather import enclosing, facts
from baodao.gather.models import Enclosed
from baodao.gather.policies import of_slot, people_of
from baodao.gather.working import load
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.evidence import refs_of
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, verb


class NewPaper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stored file by its hash: a ``paper`` with its ``name`` and who reads it, or the photo of a ``list``."""

    digest: str
    what: Literal["list", "paper"]
    name: str = ""
    readers: Literal["slot", "seat", "convener"] = "slot"


@verb("gather.enclose")
def enclose(tx: Tx, by: Act, *, slot: str, papers: list[NewPaper]) -> int:
    """Files are kept with a slot; gives how many. The photo of a list is of the presence's own level and has a last day. Raises Invalid
    naming ``papers[n].field``, Conflict when there are too many."""
    work = load(tx, slot)
    if any(one.what == "list" for one in papers):
        tx.ask("gather.attend", people_of(work.it))
    if not papers or any(one.what == "paper" for one in papers):
        tx.ask("gather.change", of_slot(work.it))
    if work.it.state == "called_off":
        work.must_be_open()
    if work.kind.people == "count" and any(one.what == "list" for one in papers):
        raise Refused.of("", _("这一种活动只数人头，不留名单"), _("请在记录里填到场人数"))
    held = {one.digest for one in enclosing.of(slot)}
    if len(held | {one.digest for one in papers}) > enclosing.MOST:
        raise Conflict.of("file", _("一场最多放 %(n)s 个文件") % {"n": enclosing.MOST}, _("请先去掉一些"))
    there = {ref.hash: ref for ref in refs_of([one.digest for one in papers])}
    for at, one in enumerate(papers):
        ref = there.get(one.digest)
        if ref is None or (one.what == "list" and not ref.is_picture):
            raise Invalid.of(f"papers[{at}].file", _("名单要拍成照片"), _("请选一张照片"))
        if one.what == "paper" and (not 1 <= len(one.name.strip()) <= 80 or find_private(one.name)):
            raise Invalid.of(f"papers[{at}].name", _("请用 1 到 80 个字写这是什么，不写电话和证件号码"))
        if one.digest not in held:
            _tell(tx, slot, one)
    return len(papers)


def _tell(tx: Tx, slot: str, one: NewPaper) -> None:
    it = load(tx, slot).it
    listed = one.what == "list"
    until = enclosing.due_of(it, it.org, it.kind).isoformat() if listed else ""
    readers = "convener" if listed else one.readers
    data = facts.Enclosed(digest=one.digest, what=one.what, readers=readers, until=until)
    level = 2 if listed else it.level
    name = "" if listed else one.name.strip()
    tx.fact(
        data, subject=f"gather:{slot}", org=it.org, place=it.place, level=level,
        texts={"name": name} if name else {},
    )  # fmt: skip
    tx.upsert(Enclosed, ("slot", "digest"), **enclosing.columns(slot, data, name, level))


@verb("gather.take_out")
def take_out(tx: Tx, by: Act, *, slot: str, digests: Sequence[str]) -> int:
    """Files are kept with the slot no longer: taken out by those who convene, or on the last day by the system. Gives how many."""
    it = load(tx, slot).it
    held = {one.digest: one for one in enclosing.of(slot)}
    wanted = list(dict.fromkeys(digests))
    if any(held[digest].what == "list" for digest in wanted if digest in held):
        tx.ask("gather.attend", people_of(it))
    if not wanted or any(held[digest].what == "paper" for digest in wanted if digest in held):
        tx.ask("gather.change", of_slot(it))
    for digest in wanted:
        if digest not in held:
            tx.ask("gather.change", of_slot(it))
            raise Conflict.of("file", _("没有这个文件，或已经去掉了"), _("请刷新页面"))
        tx.fact(
            facts.TakenOut(digest=digest), subject=f"gather:{slot}", org=it.org, place=it.place,
            level=held[digest].level,
        )  # fmt: skip
        tx.delete(Enclosed, slot=slot, digest=digest)
    return len(wanted)
