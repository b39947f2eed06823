"""The talk of `baodao pack try`: what a play looks like in a terminal, and what may be typed. One line is one step, so that
a file of lines is a script."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, system_act
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.jinja import moment
from baodao.kernel.typed import moment_typed, whole_number
from baodao.matters import checklists, rows
from baodao.matters.declare import Action
from baodao.matters.desk.fields import typed_fields
from baodao.matters.engine import OPEN
from baodao.matters.present import titled
from baodao.matters.turns import turn_of

from .play import Choice, Play, Told
from .town import Seat
from .words import audience_words

#: Words that are typed → what they do; Chinese and English.
WAIT, SEE, HELP, QUIT, EXPECT, AT = (
    ("等", "wait"),  # data
    ("看", "see"),  # data
    ("?", "？", "help"),
    ("q", "quit", "退出"),  # data
    ("应在", "expect"),  # data
    ("从", "at"),  # data
)
#: Eyes without a right: what everybody reads once it is released, what a slip with a code reads.
PUBLIC, SLIP = "public", "slip"
#: Stands for a file in a walk: the hash of nothing that exists.
NO_FILE = "0" * 64
MOST_CHOICES = 12


class Talk(Struct):
    """A play, where its words go and where lines come from. ``asks``: a person sits there and is asked field by field."""

    play: Play
    write: Callable[[str], Any]
    lines: Iterator[str]
    asks: bool
    wrong: int = 0
    menu: list[Choice | Seat] = []

    def run(self) -> int:
        """Until the lines end or somebody leaves; gives how many lines were refused."""
        self._situation()
        for line in self.lines:
            text = line.split("#", 1)[0].strip() if not self.asks else line.strip()
            if not text:
                continue
            if text.lower() in QUIT:
                break
            if not self.asks:
                self.write(f"> {text}")
            try:
                self._step(text)
            except Problem as problem:
                self.wrong += 1
                self.write(problem.as_text())
        return self.wrong

    # ── one line ────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, text: str) -> None:
        try:
            first, *rest = shlex.split(text)
        except ValueError:
            raise Invalid.of("", _("引号没有成对"), _('字段里有空格时写成 text="两个 词"')) from None
        if first in HELP:
            self.write(help_words())
        elif first in WAIT:
            self._wait(" ".join(rest))
        elif first in SEE and rest in ([PUBLIC], [SLIP]):
            self._told_outside(rest[0])
        elif first in SEE:
            self._see(self._seat(" ".join(rest)))
        elif first in AT:
            self._begin_at(" ".join(rest))
        elif first in EXPECT:
            self._expect(" ".join(rest))
        else:
            self._do(first, rest)

    def _do(self, first: str, rest: Sequence[str]) -> None:
        """A number of the menu, or seat and action; then fields."""
        pairs = dict(one.partition("=")[::2] for one in rest if "=" in one)
        if (number := whole_number(first)) is not None:
            seat, action, leg = self._chosen(number)
        else:
            seat, names = self._seat(first), [one for one in rest if "=" not in one]
            if not names and self.play.state is None:
                names = [OPEN]
            if not names:
                raise Invalid.of("", _("没有写做什么"), _("写成：岗位 动作 字段=值；打 ? 看能做什么"))
            action, leg = names[0], None
        if (named := whole_number(pairs.get("leg", ""))) is not None:
            leg = named
            del pairs["leg"]
        declared = self.play.procedure.action(action)
        if declared is None:
            known = "、".join(one.name for one in self.play.procedure.actions)
            raise Missing.of("", _("没有“%(name)s”这个动作") % {"name": action}, known)
        if self.play.state is None:
            self._open(seat, declared, pairs)
        else:
            self._tell(self.play.act(seat, action, self._fields(declared, pairs), leg))
        self._situation()

    def _open(self, seat: Seat, action: Action, pairs: dict[str, str]) -> None:
        if action.name != OPEN or seat not in self.play.openers():
            seats = "、".join(one.key for one in self.play.openers())
            raise Invalid.of("", _("还没有发起；这一步要先办“%(open)s”") % {"open": OPEN}, seats)
        kind = pairs.pop("kind", "")
        kinds = [(row.name, row.title) for row in self.play.procedure.kinds]
        if kinds and not kind:
            kind = self._ask("kind", self.play.procedure.word("field.kind"), kinds, optional=False)
        calls = tuple(filter(None, pairs.pop("calls", "").split(",")))
        if self.play.procedure.action("call") is not None and not calls:
            offices = [(code, office.name) for code, office in self.play.town.offices.items()]
            calls = tuple(
                filter(
                    None, self._ask("calls", _("请哪些单位（逗号隔开）"), offices, optional=True).split(",")
                )
            )
        for code in calls:
            self._office("calls", code)
        if "kind" in action.fields:
            pairs["kind"] = kind
        fields = self._fields(action, pairs)
        self._tell(self.play.open(seat, fields, kind, calls))

    def _wait(self, limit: str) -> None:
        if self.play.state is None:
            raise Invalid.of("wait", _("还没有发起"), _("先发起，再等"))
        due = self.play.after(limit) if limit else self.play.next_due()
        if due is None:
            raise Invalid.of("wait", _("没有哪个时限会自己到期"), _("写明等多久，例如 wait 3 workdays"))
        told = self.play.wait(due)
        self.write(_("现在是 %(now)s") % {"now": moment(self.play.now)})
        self._tell(told)
        self._situation()

    def _begin_at(self, moment_: str) -> None:
        """A walk with days in it begins on a day of its own."""
        if self.play.state is not None:
            raise Invalid.of("at", _("已经发起了"), _("写在发起之前；之后用“等”"))
        self.play.stand_at(moment_typed(moment_, "at").astimezone(UTC))

    def _expect(self, stage: str) -> None:
        state = self.play.state
        if state is None or state.stage != stage:
            here = state.stage if state is not None else "—"
            raise Invalid.of(
                "expect", _("现在的阶段是 %(here)s，不是 %(stage)s") % {"here": here, "stage": stage}
            )

    def _chosen(self, n: int) -> tuple[Seat, str, int | None]:
        if not 1 <= n <= len(self.menu):
            raise Invalid.of("", _("没有这个号"), _("请选 1 到 %(n)d") % {"n": len(self.menu)})
        one = self.menu[n - 1]
        if isinstance(one, Choice):
            return one.seat, one.offer.action.name, one.offer.leg
        return one, OPEN, None

    def _seat(self, key: str) -> Seat:
        seats = self.play.town.seats
        found = next((seat for seat in seats.values() if key in (seat.key, seat.title)), None)
        if found is None:
            raise Missing.of("", _("没有“%(key)s”这个岗位") % {"key": key}, "、".join(seats))
        return found

    # ── fields ──────────────────────────────────────────────────────────────────────────────────────────

    def _fields(self, action: Action, pairs: dict[str, str]) -> dict[str, Any]:
        """What was typed, as the desk's own form reads it; a person is asked for what is missing."""
        posted = dict(pairs)
        heads = {key.partition(".")[0] for key in pairs}
        for wrong in heads - set(action.fields):
            raise Invalid.of(wrong, _("这个动作没有这一项"), "、".join(action.fields))
        for name, declared in action.fields.items():
            kind, optional = declared.rstrip("?").partition(":")[0], declared.endswith("?")
            if name not in heads and kind not in rows.TYPES and not (optional and (pairs or not self.asks)):
                label = self.play.procedure.label(action.name, name)
                posted[name] = self._ask(name, label, self._choices(action, name), optional=optional)
            if kind in rows.TYPES:
                self._rows(name, declared, posted, asked=name not in heads and self.asks)
            if kind == checklists.TYPE:
                posted |= self._listed(action, name, posted.get(name, ""))
        files = {
            name for name, kind in action.fields.items() if kind.startswith("file") and posted.pop(name, "")
        }
        found = typed_fields(action, posted, SimpleNamespace(getlist=lambda _name: []), _by(self.play))
        for name, declared in action.fields.items():
            if declared.rstrip("?") == "org" and found.get(name):
                self._office(name, str(found[name]))
        return {**found, **{name: [NO_FILE] for name in files}}

    def _office(self, name: str, code: str) -> None:
        """A unit of this made-up district."""
        offices = self.play.town.offices
        if code not in offices:
            raise Invalid.of(name, _("没有叫 %(name)s 的单位") % {"name": code}, "、".join(offices))

    def _rows(self, name: str, declared: str, posted: dict[str, str], *, asked: bool) -> None:
        """Cells are typed as ``tools.1.count=2``; money in yuan. Somebody who is asked types one row a line."""
        if rows.kind_of(declared)[0] == rows.SCORES:
            sheet = rows.sheet_of(self.play.procedure, declared)
            for item in sheet.items if asked else ():
                posted[f"{name}.{item.name}"] = self._ask(item.name, item.title, [], optional=False)
            return
        table = rows.table_of(self.play.procedure, declared)
        for n in range(1, table.most + 1) if asked else ():
            columns = [(column.name, column.title) for column in table.columns]
            line = self._ask(
                f"{name}.{n}", _("第 %(n)d 行：列=值 列=值；空行结束") % {"n": n}, columns, optional=True
            )
            if not line:
                break
            cells = (one.partition("=") for one in shlex.split(line))
            posted.update({f"{name}.{n}.{key}": value for key, _eq, value in cells})
        for column in table.columns:
            if column.kind == "money":
                ends = [k for k in posted if k.startswith(f"{name}.") and k.endswith(f".{column.name}")]
                posted.update({f"{key}.yuan": posted.pop(key) for key in ends})

    def _listed(self, action: Action, name: str, given: str) -> dict[str, str]:
        """``list=ok``: the same result for every item that is not named apart."""
        items = [item for item, _words in self._choices(action, name)]
        return {f"{name}.{item}": given for item in items} if given in checklists.RESULTS else {}

    def _choices(self, action: Action, name: str) -> list[tuple[str, str]]:
        play, procedure = self.play, self.play.procedure
        kind, _sep, options = action.fields[name].rstrip("?").partition(":")
        offices = [(code, office.name) for code, office in play.town.offices.items()]
        known = {
            "code": [(one, procedure.word(f"value.{one}")) for one in options.split("|")],
            "pause": [(row.name, row.title) for row in procedure.pauses],
            "kind": [(row.name, row.title) for row in procedure.kinds],
            "next_step": [(row.name, row.title) for row in procedure.next_steps if row.verified],
            "org": offices,
            "milestone": list(rows.planned(procedure, play.state.trail).items()) if play.state else [],
            "post": [(seat.key, seat.title) for seat in play.town.seats.values() if seat.kind],
        }
        if kind == checklists.TYPE:
            state = play.state
            return [(one.name, one.title) for one in procedure.checklist(state.kind if state else "").items]
        return known.get(kind, [])

    def _ask(self, name: str, label: str, choices: Sequence[tuple[str, str]], *, optional: bool) -> str:
        if not self.asks:
            if optional:
                return ""
            raise Invalid.of(name, _("这一项要填：%(label)s") % {"label": label}, f"{name}=…")
        self.write(f"  {label} ({name})" + (_("，可不填") if optional else ""))
        for code, words in choices[:MOST_CHOICES]:
            self.write(f"      {code}  {words}")
        return next(self.lines, "").strip()

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────

    def _tell(self, told: Sequence[Told]) -> None:
        for one in told:
            self.write(f"✓ {moment(one.at)} {one.who}：{one.title}")
            if one.words:
                self.write(f"    │ {one.words}")
            hears = "、".join(audience_words(who) for who in one.hears)
            if hears:
                self.write("    " + _("告诉：%(hears)s") % {"hears": hears})
            for title in one.elsewhere:
                self.write("    " + _("另立一件：%(title)s（这里不走）") % {"title": title})

    def _situation(self) -> None:
        play, state = self.play, self.play.state
        if state is None:
            self.write(f"{play.procedure.title} · {play.pack.name} · {moment(play.now)}")
            self.write(_("谁来发起："))
            self.menu = list(play.openers())
            for n, seat in enumerate(self.menu, 1):
                assert isinstance(seat, Seat)
                self.write(f"  {n:>2} {seat.title} ({seat.key})")
            return
        stage = play.procedure.word(f"stage.{state.stage}")
        self.write(f"── {state.number} · {stage} ({state.stage}) · {moment(play.now)}")
        for leg in state.legs_of_round():
            who = {"leg": play.town.name(leg.org), "caller": play.town.name(leg.caller)}
            turn = who.get(turn_of(play.procedure, leg.state), "")
            known = play.procedure.words.get(f"state.{leg.state}")
            known = known or (_("随整件事一起结束了") if leg.ended is not None else leg.state)
            words = [play.town.name(leg.org), known]
            words += [titled(play.procedure.pauses, leg.cause)] if leg.cause else []
            words += [_("轮到%(who)s") % {"who": turn}] if turn and leg.ended is None else []
            self.write(f"   [{leg.n}] {' · '.join(words)}")
        for run in play.clocks():
            clock = play.procedure.clock(run.clock)
            title = (clock.title if clock is not None else "") or run.clock
            left = play.calendar.left_words(run.due, play.now)
            paused = _("，停着") if run.paused is not None else ""
            self.write(f"   ◷ {title} {moment(run.due)} {left}{paused}")
        if state.ended is not None:
            last = play.procedure.action(state.outcome)
            known = play.procedure.words.get(f"value.{state.outcome}")
            outcome = known or (last.title if last is not None else state.outcome)
            self.write("   " + _("已经结束：%(outcome)s") % {"outcome": outcome})
        self._menu()

    def _menu(self) -> None:
        found = self.play.choices()
        self.menu = [one for one in found if not one.offer.hindrances]
        for n, one in enumerate(self.menu, 1):
            assert isinstance(one, Choice)
            self.write(f"  {n:>2} {_line(one)}")
        for one in found:
            if one.offer.hindrances:
                self.write(f"   · {_line(one)} — {_not_yet(one.offer.hindrances)}")

    def _told_outside(self, whose: str) -> None:
        """What is told outside: to everybody once it was released, or to whoever holds the slip."""
        state = self.play.state
        if state is None or (whose == PUBLIC and not state.released):
            self.write(_("没有公开，谁都看不到"))
        elif whose == PUBLIC:
            self.write(_("公开的页面上："))
            for at, words in self.play.public():
                self.write(f"    {moment(at)} {words}")
        else:
            self.write(_("凭小条看到："))
            for one in self.play.told:
                if one.resident:
                    self.write(f"    {moment(one.at)} {one.words or one.title}")

    def _see(self, seat: Seat) -> None:
        """What this seat would see: nothing, its own thread, or the page with its buttons."""
        if self.play.state is None or not self.play.sees(seat):
            self.write(_("%(seat)s看不到这件事") % {"seat": seat.title})
            return
        self.write(_("%(seat)s看到：") % {"seat": seat.title})
        blind = self.play.state.ended is None
        for one in self.play.told:
            hidden = one.blind and blind and one.who != seat.title
            if hidden or (not seat.kind and not one.resident):
                continue
            head = f"{one.title}：" if seat.kind and one.words else ""
            self.write(f"    {moment(one.at)} {head}{one.words or one.title}")
        for offer in self.play.offers(seat):
            why = f" — {_not_yet(offer.hindrances)}" if offer.hindrances else ""
            self.write(f"    [{offer.action.title}]{why}")


def _by(play: Play) -> Act:
    """Whose files would be kept; a walk keeps none."""
    return system_act(play.now, "try")


def _not_yet(hindrances: Sequence[str]) -> str:
    return _("还不能：%(why)s") % {"why": _("；").join(hindrances)}


def _line(one: Choice) -> str:
    leg = f" leg={one.offer.leg}" if one.offer.leg is not None else ""
    return f"{one.seat.title}：{one.offer.action.title}  ({one.seat.key} {one.offer.action.name}{leg})"


def help_words() -> str:
    """What may be typed."""
    return "\n".join(
        (
            _("一行一步："),
            "  " + _("3  办菜单上的第 3 项，一项一项问"),
            "  "
            + _(
                "handler answer result=修好了  岗位 动作 字段=值；几家承办时加 leg=2；清单 list=ok list.门=fail"
            ),
            "  " + _("等 3 workdays  时间往后走；只写“等”：走到下一个到期"),
            "  " + _("看 resident  这个岗位看得到什么、能办什么；看 public  公开的页面；看 slip  凭小条"),
            "  " + _("从 2026-03-02T09:00  写在发起之前：从哪一天开始走"),
            "  " + _("应在 ended  核对现在的阶段，不对就算错"),
            "  " + _("退出  什么也不会存下来"),
        )
    )
