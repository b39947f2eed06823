"""What a slot to be must be, before anything is written. No statement."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.text import find_private
from baodao.orgs import selectors as orgs

from .declare import Gathering
from .fold import span_of
from .kinds import known_kind

CODE = re.compile(r"^[a-z0-9][a-z0-9_.\-]{0,39}\Z")
#: Nothing lasts longer, nothing is planned further ahead.
LONGEST, AHEAD = timedelta(days=31), timedelta(days=800)
TITLE, NOTES, WHERE, SEATS = 120, 4000, 200, 100_000


class NewSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slot to be. ``starts`` and ``ends`` are aware, in whole seconds. ``code`` "": numbered. ``seats`` None: as the kind says;
    0: no limit. ``insurance``: the reference of the insurance of those who serve, where the kind asks for it. ``traits`` beside those of the kind. ``about``: the ref of what it belongs to (``matter:…``, ``call:…``).
    ``level`` None: as the kind says; a higher one only narrows."""

    kind: str
    org: str
    starts: datetime
    ends: datetime
    title: str
    code: str = ""
    place: str = ""
    where: str = ""
    notes: str = ""
    about: str = ""
    series: str = ""
    post: str = ""
    seats: int | None = None
    traits: tuple[str, ...] = ()
    level: int | None = None
    insurance: str = ""

    def told(self, kind: Gathering, alone: bool = False) -> dict[str, Any]:
        """The fields of the fact."""
        return {
            "kind": self.kind, "form": kind.form, "domain": kind.domain, "span": span_of(self.starts, self.ends),
            "seats": kind.seats if self.seats is None else self.seats, "series": self.series, "post": self.post,
            "traits": tuple(sorted({*kind.traits, *self.traits})), "alone": alone,
        }  # fmt: skip

    def texts(self) -> dict[str, str]:
        """The texts of the fact."""
        typed = {"title": self.title, "about": self.notes, "where": self.where, "insurance": self.insurance}
        return {name: text.strip() for name, text in typed.items() if text.strip()}


def judged(new: NewSlot, field: str = "") -> Gathering:
    """The kind of a slot that may be; raises Invalid with every fault, each field behind ``field``."""
    kind = known_kind(new.org, new.kind, timezone.localdate(new.starts), f"{field}kind")
    found = [Fault(f"{field}{name}", reason, remedy) for name, reason, remedy in _faults(new, kind)]
    if found:
        raise Invalid(*found)
    return kind


def _faults(new: NewSlot, kind: Gathering) -> list[tuple[str, str, str]]:
    found = []
    node = orgs.forest().nodes.get(new.org)
    if node is None or not node.at(timezone.localdate(new.starts)):
        found.append(("org", _("那一天没有这个单位"), _("请选一个在的单位")))
    if new.ends <= new.starts:
        found.append(("ends", _("结束要在开始之后"), _("请改时间")))
    elif new.ends - new.starts > LONGEST:
        found.append(("ends", _("一场最多一个月"), _("请分成几场")))
    if new.starts.microsecond or new.ends.microsecond or new.starts.utcoffset() is None:
        found.append(("starts", _("时间要到秒，并带时区"), ""))
    if not 1 <= len(new.title.strip()) <= TITLE:
        found.append(("title", _("名称要 1 到 %(n)s 个字") % {"n": TITLE}, _("请写一个名称")))
    if len(new.notes) > NOTES or len(new.where) > WHERE:
        found.append(("notes", _("说明太长"), _("请写短一些")))
    if new.seats is not None and not 0 <= new.seats <= SEATS:
        found.append(("seats", _("名额是 0 到 %(n)s") % {"n": SEATS}, _("不限就写 0")))
    if new.code and not CODE.match(new.code):
        found.append(("code", _("编号只用小写字母、数字、点和横线"), ""))
    if new.level is not None and not kind.level <= new.level <= 2:
        found.append(("level", _("不能比这一种活动规定的更公开"), ""))
    if kind.insured and not new.insurance.strip():
        found.append(("insurance", _("这种活动要先给参加的人买好保险"), _("请写保险单号或承保的公司")))
    if len(new.insurance) > WHERE:
        found.append(("insurance", _("保险写得太长"), _("请写短一些")))
    for name, text in (("title", new.title), ("notes", new.notes), ("where", new.where)):
        if (
            kind.level == 0
            and name != "where"
            and any(one.kind in ("identity", "card") for one in find_private(text))
        ):
            found.append((name, _("里面有证件号码或卡号，这一页人人能看"), _("请删掉")))
    return found


def utc(at: datetime) -> datetime:
    """Whole seconds, UTC."""
    return at.astimezone(UTC).replace(microsecond=0)
