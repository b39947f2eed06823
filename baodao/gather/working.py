"""One slot in one command: load it with its lock, tell facts, each of which is folded into memory at once, and at the end write
each row once. Rooms compose these steps inside their own verbs; they check and raise, they never ask the policy.

    meeting = begin(tx, NewSlot(kind="theme_day", org=branch, starts=…, ends=…, title="…"))
    meeting.join_all(tokens, way="roster")
    meeting.attend_all([(token, "present") for token in came], how="record")
    meeting.hold(heads=0, traits=("theme_day", "first_item"), meets=("theme_day",))
    keep(tx)                                        # last: one upsert a row
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Pending, Tx

from . import facts, placing, times
from .declare import Gathering
from .fold import STATUSES, Meeting, Seating, Told, after, moved, span_of
from .holding import close, held
from .kinds import kind_of
from .models import Seat, Slot
from .rows import meeting_of, seat_columns, seating_of, slot_columns
from .ruling import NewSlot, judged

_SHARED = "SELECT * FROM gather_slot WHERE code = ANY(%s) ORDER BY code FOR SHARE"

#: Waiting rows looked at when a seat becomes free.
ROW = 50


def begin(tx: Tx, new: NewSlot) -> Working:
    """A new slot: numbered, judged (Invalid names the field), told. Nothing is asked."""
    kind = judged(new)
    code = new.code or f"g-{tx.number('gather'):07}"
    data = facts.Opened(**new.told(kind, placing.takes(tx, new, kind.form)))
    made = Working(tx, code, None, whole=True)
    made.tell(
        data, level=kind.level if new.level is None else new.level, texts=new.texts(),
        columns={"org": new.org, "place": new.place, "about": new.about},
    )  # fmt: skip
    times.HELD.setdefault(tx, {})[code] = made
    return made


def load(tx: Tx, code: str, *, lock: bool = True, shared: bool = False) -> Working:
    """A slot as it stands; the same object again in the same command. ``shared``: nobody changes it meanwhile, but others may tell
    of other seats of it (five hundred who sign in at once); a command that has it so may not change the slot. Raises Missing."""
    return load_all(tx, [code], lock=lock, shared=shared)[code]


def load_all(tx: Tx, codes: Iterable[str], *, lock: bool = True, shared: bool = False) -> dict[str, Working]:
    """Several, locked in one order, so that two commands cannot wait for each other. One statement. Raises Missing."""
    mine = cast("dict[str, Working]", times.HELD.setdefault(tx, {}))
    wanted = sorted(set(codes))
    fresh = [code for code in wanted if code not in mine]
    rows = Slot.objects.filter(code__in=fresh).order_by("code")
    if shared and connection.vendor == "postgresql":
        found: Iterable[Slot] = Slot.objects.raw(_SHARED, [fresh])
    else:
        found = rows.select_for_update() if lock else rows
    for slot in found:
        mine[slot.code] = Working(tx, slot.code, meeting_of(slot))
    for code in wanted:
        if code not in mine:
            raise Missing.of("slot", _("没有这一场"), _("请从列表里选"))
    return {code: mine[code] for code in wanted}


def keep(tx: Tx) -> None:
    """Write every slot that this command touched, each row once; times that become free go first. The last step of a verb. Raises
    Conflict at ``place`` where somebody else has it then."""
    works = cast("dict[str, Working]", times.HELD.pop(tx, {}))
    placing.must_be_free(work.it for work in works.values() if work.placed)
    rows: list[dict[str, Any]] = []
    for work in works.values():
        rows += work.close_up()
    for columns in sorted(rows, key=lambda one: bool(one["holds"])):
        tx.upsert(Seat, ("slot_id", "token"), **columns)


class Working:
    """See the module. ``it`` is the slot as it stands after what was told; read it, never write it."""

    def __init__(self, tx: Tx, code: str, meeting: Meeting | None, *, whole: bool = False) -> None:
        self.tx, self.code = tx, code
        self._meeting = meeting
        self._whole = whole
        self._asked: set[str] = set()
        self._touched: set[str] = set()
        self._before = slot_columns(meeting) if meeting is not None else None
        #: Whether it was put to a place and a time in this command.
        self.placed = whole
        #: Whose the facts about persons are from now on: an organization that holds it too; "" for the convener's.
        self.of = ""

    @property
    def it(self) -> Meeting:
        """The slot now."""
        assert self._meeting is not None
        return self._meeting

    @property
    def kind(self) -> Gathering:
        """What the pack says of it."""
        return kind_of(self.it.org, self.it.kind, timezone.localdate(self.tx.by.noted))

    # ── rows ────────────────────────────────────────────────────────────────────────────────────────────

    def seat(self, token: str) -> Seating | None:
        """Somebody's row, or None. At most one statement."""
        return self.seats([token]).get(token)

    def seats(self, tokens: Iterable[str], *, lock: bool = False) -> dict[str, Seating]:
        """Rows of these, locked where the slot itself is only shared. At most one statement."""
        wanted = list(dict.fromkeys(tokens))
        new = [t for t in wanted if not self._whole and t not in self.it.rows and t not in self._asked]
        rows = Seat.objects.filter(slot=self.code, token__in=new)
        for row in (rows.select_for_update() if lock else rows) if new else ():
            self.it.rows[row.token] = seating_of(row)
        self._asked.update(new)
        return {token: self.it.rows[token] for token in wanted if token in self.it.rows}

    def all(self) -> dict[str, Seating]:
        """Every row by token. At most one statement."""
        if not self._whole:
            for row in Seat.objects.filter(slot=self.code).order_by("n"):
                self.it.rows.setdefault(row.token, seating_of(row))
            self._whole = True
        return self.it.rows

    def row(self) -> list[Seating]:
        """Who waits, in order (the first 50). At most one statement."""
        if not self._whole:
            found = Seat.objects.filter(slot=self.code, state="waiting").order_by("n")[
                : ROW + len(self._touched)
            ]
            for row in found:
                self.it.rows.setdefault(row.token, seating_of(row))
        return sorted((r for r in self.it.rows.values() if r.state == "waiting"), key=lambda r: r.n)[:ROW]

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────

    def tell(
        self,
        data: msgspec.Struct,
        *,
        person: str = "",
        level: int | None = None,
        value: int | None = None,
        texts: Mapping[str, str] | None = None,
        columns: Mapping[str, Any] | None = None,
        supersedes: int | None = None,
    ) -> Pending:
        """Queue a fact of this slot and fold it. A fact about a person is of level 2 at least."""
        now = self._meeting
        base = (
            {
                "org": (self.of if person else "") or now.org,
                "place": now.place,
                "about": "" if person else now.about,
            }
            if now
            else {}
        )
        given = {**base, **(columns or {})}
        given["level"] = level if level is not None else max(now.level if now else 0, 2 if person else 0)
        self._meeting = after(
            self.code, now,
            Told(data, person=person, value=value or 0, origin=self.tx.by.origin, texts=texts or {}, **given),
        )  # fmt: skip
        if person:
            self._touched.add(person)
        return self.tx.fact(
            data, subject=f"gather:{self.code}", person=person, value=value, texts=texts or {},
            supersedes=supersedes, **given,
        )  # fmt: skip

    def close_up(self) -> list[dict[str, Any]]:
        """Queue the slot's row; gives the columns of the seats that changed. Called by `keep`."""
        columns = slot_columns(self.it)
        if columns != self._before:
            self.tx.upsert(Slot, ("code",), **columns)
        return [seat_columns(self.code, self.it.rows[token]) for token in sorted(self._touched)]

    # ── steps ───────────────────────────────────────────────────────────────────────────────────────────

    def change(self, new: NewSlot) -> list[str]:
        """Told anew. Seats go along with the time; who is elsewhere then loses hers and is given back (tokens). Raises
        Conflict (over; more seats taken than there are) and Invalid."""
        self.must_be_open()
        kind = judged(new)
        if new.org != self.it.org or kind.domain != self.it.domain:
            raise Conflict.of("kind", _("不能改成另一个单位的，或另一类的活动"), _("请取消这一场，另开一场"))
        seats = new.seats if new.seats is not None else kind.seats
        if seats and self.it.taken > seats:
            raise Conflict.of("seats", _("已经有 %(n)s 人报名") % {"n": self.it.taken}, _("请先请人退出"))
        was, now = (self.it.starts, self.it.ends), (new.starts, new.ends)
        released = self._elsewhere(was, now) if was != now else []
        for token in released:
            self.leave(token, side="system", why="released")
        self._touched.update(self.all())
        self.placed = True
        self.tell(
            facts.Changed(**new.told(kind, placing.takes(self.tx, new, kind.form))), texts=new.texts(), level=self.it.level,
            columns={"org": new.org, "place": new.place, "about": new.about},
        )  # fmt: skip
        return released

    def _elsewhere(self, was: tuple[datetime, datetime], now: tuple[datetime, datetime]) -> list[str]:
        spans = {
            token: moved((row.starts, row.ends), was, now) for token, row in self.all().items() if row.holds
        }
        return sorted(times.busy(self.tx, spans, self.code))

    def call_off(self, why: str, reason: str = "") -> None:
        """It does not take place: every time is free again. Raises Conflict when it is over or off already."""
        self.must_be_open()
        self._touched.update(self.all())
        self.tell(facts.CalledOff(why=why), texts={"reason": reason} if reason else {})

    def join(
        self,
        token: str,
        state: str = "seat",
        way: str = "self",
        span: tuple[datetime, datetime] | None = None,
    ) -> Seating:
        """A seat, a place in the row (``waiting``) or an invitation. The same again changes nothing. Raises Conflict: called
        off, no seat left, or she is elsewhere at that time (named)."""
        self.join_all([token], state, way, {token: span} if span else None)
        return self.it.rows[token]

    def join_all(
        self,
        tokens: Sequence[str],
        state: str = "seat",
        way: str = "self",
        spans: Mapping[str, tuple[datetime, datetime]] | None = None,
    ) -> None:
        """Several at once, in their order. Three statements for all."""
        if self.it.state == "called_off" or (self.it.state == "held" and way != "list"):
            self.must_be_open()
        known = self.seats(tokens)
        fresh = [t for t in dict.fromkeys(tokens) if not self._is(known.get(t), state)]
        whole = (self.it.starts, self.it.ends)
        wanted = {token: (spans or {}).get(token, whole) for token in fresh}
        if state == "seat":
            times.must_be_free(self.tx, wanted, self.code)
        for token in fresh:
            self._join(token, state, way, wanted[token])

    def _is(self, row: Seating | None, state: str) -> bool:
        """Whether she stands there already: who has a seat is not asked again."""
        return row is not None and (row.state == state or (row.state == "seat" and state != "left"))

    def _join(self, token: str, state: str, way: str, span: tuple[datetime, datetime]) -> None:
        if state == "seat" and way != "list" and self.it.free == 0:
            raise Conflict.of("slot", _("名额刚刚满了"), _("可以排队等候，有人退出就轮到您"), full=True)
        self.tell(facts.Joined(state=state, way=way, span=span_of(*span)), person=token)  # type: ignore[arg-type]

    def sit_or_wait(self, token: str, way: str = "self") -> Seating:
        """A seat, or a place in the row where the kind has one. Raises Conflict."""
        held = self.seat(token)
        if held is not None and held.state in ("seat", "waiting"):
            return held
        if self.it.free == 0 and self.kind.waiting:
            return self.join(token, "waiting", way)
        return self.join(token, "seat", way)

    def leave(self, token: str, side: str = "person", why: str = "withdrew") -> None:
        """Give up seat, place in the row or invitation. Raises Conflict when there is none."""
        row = self.seat(token)
        if row is None or row.state == "left":
            raise Conflict.of("slot", _("名单上没有这个人"), _("请刷新页面"))
        self.tell(facts.Left(side=side, why=why), person=token)  # type: ignore[arg-type]

    def move_up(self) -> list[str]:
        """Free seats go to the first of the row who are free at that time; gives their tokens."""
        if self.it.free is None or not self.it.free or not self.it.waiting or self.it.state != "open":
            return []
        waiting = self.row()
        busy = times.busy(self.tx, {row.token: (row.starts, row.ends) for row in waiting}, self.code)
        up = [row.token for row in waiting if row.token not in busy][: self.it.free]
        for token in up:
            row = self.it.rows[token]
            self._join(token, "seat", "moved_up", (row.starts, row.ends))
        return up

    def attend(
        self, token: str, status: str, how: str, minutes: int | None = None, meets: Sequence[str] = ()
    ) -> Seating:
        """Presence of somebody who has a row; see `attend_all`."""
        given = None if minutes is None else {token: minutes}
        self.attend_all([(token, status)], how, given, meets)
        return self.it.rows[token]

    def attend_all(
        self,
        told: Sequence[tuple[str, str]],
        how: str,
        minutes: Mapping[str, int] | None = None,
        meets: Sequence[str] = (),
        same: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Presence of several (token, status). Who was not on the list is entered on it. ``minutes`` overrides what the kind
        credits, never beyond the time itself or what was credited elsewhere for it. The same again changes nothing. ``meets``
        are dues of the persons themselves; ``same``: all tokens of each, where they are known already. Raises Conflict: called off; elsewhere at that time."""
        if self.it.state == "called_off":
            self.must_be_open()
        statuses = dict(told)
        known = self.seats(statuses)
        missing = [t for t in statuses if t not in known or known[t].state != "seat"]
        self.enter(missing, {token: statuses[token] for token in missing})
        late = {
            t: s
            for t, s in statuses.items()
            if t in known and t not in missing and self._comes_back(known[t], s)
        }
        times.must_be_free(self.tx, {t: (known[t].starts, known[t].ends) for t in late}, self.code)
        close(self, statuses, how, given=dict(minutes or {}), meets=tuple(meets), same=same)

    def _comes_back(self, row: Seating, status: str) -> bool:
        return not row.holds and status in ("present", "phone")

    def enter(self, tokens: Sequence[str], statuses: Mapping[str, str]) -> None:
        """Put people who are not on it on the list as who came; who was not there at that time holds none."""
        there = [t for t in tokens if statuses.get(t) in ("present", "phone")]
        times.must_be_free(self.tx, dict.fromkeys(there, (self.it.starts, self.it.ends)), self.code)
        for token in tokens:
            self._join(token, "seat", "list", (self.it.starts, self.it.ends))

    def dispute(self, token: str, status: str, reply: str) -> None:
        """The one concerned says otherwise, in words without anybody's telephone. Raises Invalid, Conflict."""
        if status not in STATUSES:
            raise Invalid.of("status", _("要从清单里选一种到场情况"))
        if not 2 <= len(reply.strip()) <= 300:
            raise Invalid.of(
                "reply", _("请写 2 到 300 个字"), _("写当时的情况就行，例如：那天我用电话参加了")
            )
        if find_private(reply):
            raise Invalid.of("reply", _("里面有电话或证件号码"), _("请删掉"))
        row = self.seat(token)
        if row is None or not row.status:
            raise Conflict.of("slot", _("这一场还没有记您到没到"), _("请等记录以后再说"))
        self.tell(facts.Disputed(status=status), person=token, texts={"reply": reply.strip()})  # type: ignore[arg-type]

    def hold(
        self,
        *,
        heads: int = 0,
        traits: Sequence[str] = (),
        meets: Sequence[str] = (),
        late: Sequence[str] = (),
        with_orgs: Sequence[str] = (),
        papers: Sequence[str] = (),
        texts: Mapping[str, str] | None = None,
        exact: bool = False,
        but: Collection[str] = (),
    ) -> Pending:
        """It took place; a second time corrects the first. ``traits``: the kind's and the slot's are added, unless they are
        ``exact``: what was announced, or told before, and did not come to pass.
        ``but``: rows that others tell of, not counted. ``meets``: see facts.Held; dues keep them in the same command."""
        return held(
            self, heads=heads, traits=tuple(traits), meets=tuple(meets), late=tuple(late),
            with_orgs=tuple(with_orgs), papers=tuple(papers), texts=texts or {}, exact=exact, but=but,
        )  # fmt: skip

    def must_be_open(self) -> None:
        """Raises Conflict when it was called off or is over."""
        if self.it.state == "called_off":
            raise Conflict.of("slot", _("这一场已经取消"), _("请看看别的场次"))
        if self.it.state == "held":
            raise Conflict.of("slot", _("这一场已经结束"), _("要改的话请更正记录"))
