"""`pack check`: a small model checker over what a procedure declares. It needs no engine, no database, no clock.

An abstract state is what the declaration can tell apart: the stage, the state of the lead leg, the clocks that run,
whether it is paused, and which facts have happened that some guard asks about. Every way through is walked; what time
or a form would decide counts as possible. Then: each stage and action can be reached, an end can be reached from
everywhere, nothing waits without a date, each lapse can be taken, and somebody in this district may take each action.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from baodao.kernel.declare import UNSPOKEN, Located, Pack, Report, read_pack

from .declare import LEG_STATE_AFTER, Action, Clock, Guard, Procedure, many
from .references import Scope, known_words, leg_states
from .whose import actors

MOST_STATES = 20_000
#: What the clock does by itself when a pause has lasted its longest; no declared action.
PAUSE_OVER = Action(name="pause_over")


class Point(NamedTuple):
    """One abstract state. `leg`: state of the lead leg, "" before there is one; `over`: it has ended."""

    stage: str
    leg: str
    over: bool
    paused: bool
    clocks: frozenset[str]
    seen: frozenset[str]


class Walk:
    """All abstract states of one procedure, and the moves between them."""

    def __init__(self, procedure: Procedure, backs: frozenset[str] = frozenset()) -> None:
        """``backs``: actions of the system that a ruling in another procedure brings about."""
        self.procedure = procedure
        self.backs = backs
        self.asked = _asked(procedure)
        self.awaiting = {
            self._goto(action) for action in procedure.actions if any(effect.await_ for effect in action.then)
        }
        self.first = self._begin()
        self.after: dict[Point, list[tuple[Action, Point]]] = {}
        self.cut = False
        self._run()

    def ended(self, point: Point) -> bool:
        return point.stage in self.procedure.last

    def _begin(self) -> Point:
        opening = self.procedure.action("open") or Action(name="open")
        blank = Point(self.procedure.first, "", False, False, frozenset(), frozenset())
        return self._facts(blank, opening, self.procedure.first)

    def _run(self) -> None:
        todo = deque([self.first])
        while todo:
            point = todo.popleft()
            if point in self.after:
                continue
            if len(self.after) >= MOST_STATES:
                self.cut = True
                return
            self.after[point] = list(self._moves(point))
            todo.extend(target for _action, target in self.after[point])

    def _moves(self, point: Point) -> Iterator[tuple[Action, Point]]:
        for action in self.procedure.actions:
            if action.name != "open" and self.possible(point, action):
                yield action, self._facts(point, action, self._stage_after(point, action))
                if action.fact == "leg_called" and point.leg and not point.over:
                    yield action, point  # it goes on with the leg that was there as well as with the new one
        if point.paused and any(pause.longest for pause in self.procedure.pauses):
            yield PAUSE_OVER, point._replace(paused=False)

    def possible(self, point: Point, action: Action) -> bool:
        """Whether the declaration lets this action happen here, whoever comes."""
        if set(action.who) == {"system"} and not (self._lapses(point, action) or self._comes(point, action)):
            return False
        froms = action.froms()
        if action.on == "leg":
            if self.ended(point) or not point.leg or (froms and point.leg not in froms):
                return False
            if point.over and point.leg not in froms:
                return False
        elif (froms and point.stage not in froms) or (not froms and self.ended(point)):
            return False
        if (action.fact == "paused" and point.paused) or (action.fact == "resumed" and not point.paused):
            return False
        if self._ends_too_early(point, action):
            return False
        return all(self._holds(point, guard) for guard in action.when)

    def _lapses(self, point: Point, action: Action) -> bool:
        if action.fact == "resumed":
            return point.paused
        return action.name in self.backs or any(
            clock.lapse == action.name and clock.name in point.clocks for clock in self.procedure.clocks
        )

    def _comes(self, point: Point, action: Action) -> bool:
        """What a stage waits for comes from another app, as the system's act; a clock's act is no such thing."""
        return point.stage in self.awaiting and not any(
            clock.lapse == action.name for clock in self.procedure.clocks
        )

    def _ends_too_early(self, point: Point, action: Action) -> bool:
        """The engine ends no matter while a leg is open, unless the action closes it outright."""
        stage = self._stage_after(point, action)
        if stage not in self.procedure.last or stage == point.stage or action.fact == "closed":
            return False
        state = (action.to or LEG_STATE_AFTER.get(action.fact, "")) if action.on == "leg" else ""
        return bool(point.leg) and not point.over and state not in self.procedure.legs_end

    def _holds(self, point: Point, guard: Guard) -> bool:
        if guard.legs_ruled is not None:
            return (point.over or not point.leg) == guard.legs_ruled
        if guard.leg_state is not None:
            return point.leg in many(guard.leg_state)
        if guard.overdue is not None:
            return guard.overdue in point.clocks
        if guard.since is not None:
            return guard.since in point.seen
        if guard.gathered or guard.consent_of:
            return (guard.gathered or "acted.consent") in point.seen
        return True

    @staticmethod
    def _goto(action: Action) -> str | None:
        return next((effect.goto for effect in action.then if effect.goto), None)

    def _stage_after(self, point: Point, action: Action) -> str:
        goto = self._goto(action)
        if goto is not None:
            return goto
        if action.to is not None and action.on == "matter":
            return action.to
        if action.fact == "closed":
            return self.procedure.last[0]
        return self.procedure.first if action.fact == "reopened" else point.stage

    def _facts(self, point: Point, action: Action, stage: str) -> Point:
        """The state after an action: its own fact, the legs that it calls, the end that it brings."""
        if action.fact == "leg_called" and point.leg:
            point = point._replace(clocks=point.clocks - self._named(on="leg"), over=False)
        point = self._fact(point, action, action.fact, stage, own=True)
        if action.fact == "leg_called" or any(effect.call == "lead" for effect in action.then):
            point = point._replace(leg=LEG_STATE_AFTER["leg_called"], over=False, paused=False)
        if any(effect.call for effect in action.then):
            point = self._fact(point, action, "leg_called", stage)
        if self.ended(point):
            point = self._fact(point, action, "closed", stage)
            point = point._replace(clocks=frozenset(), over=bool(point.leg), paused=False)
        return point

    def _fact(self, point: Point, action: Action, fact: str, stage: str, *, own: bool = False) -> Point:
        names = {fact, f"{fact}.{action.name}"}
        clocks, leg, over, paused = set(point.clocks), point.leg, point.over, point.paused
        if own and action.on == "leg":
            leg = action.to or LEG_STATE_AFTER.get(fact, leg)
        if own and fact == "reopened":
            clocks, over, paused = set(), True, False
        if leg and leg in self.procedure.legs_end:
            over, paused = True, False
            clocks -= self._named(on="leg")
        paused = fact == "paused" or (paused and fact != "resumed")
        clocks -= {clock.name for clock in self.procedure.clocks if names & set(clock.stops())}
        if stage != point.stage:
            clocks -= self._named(on="stage")
        idle = self._named(on="leg") if fact != "leg_called" and (over or not leg) else set()
        clocks |= {clock.name for clock in self.procedure.clocks if names & set(clock.starts())} - idle
        if own:
            clocks -= {effect.clock_stop for effect in action.then if effect.clock_stop}
            clocks |= {effect.clock_start for effect in action.then if effect.clock_start}
        seen = point.seen | (names & self.asked)
        return Point(stage, leg, over, paused, frozenset(clocks), frozenset(seen))

    def _named(self, on: str) -> set[str]:
        return {clock.name for clock in self.procedure.clocks if clock.on == on}

    def ending(self) -> set[Point]:
        """The states from which an end can be reached."""
        return self._leading(self.after)

    def _leading(self, after: dict[Point, list[tuple[Action, Point]]]) -> set[Point]:
        back: dict[Point, list[Point]] = {}
        for point, moves in after.items():
            for _action, target in moves:
                back.setdefault(target, []).append(point)
        good = {point for point in self.after if self.ended(point)}
        todo = deque(good)
        while todo:
            for point in back.get(todo.popleft(), ()):
                if point not in good:
                    good.add(point)
                    todo.append(point)
        return good

    def alone(self) -> set[Point]:
        """The states from which the clocks bring an end, though everybody stays away."""
        held = {clock.lapse for clock in self.procedure.clocks if not clock.pausable}

        def comes(point: Point, action: Action) -> bool:
            lapses = "system" in action.who and self._lapses(point, action)
            return action is PAUSE_OVER or (lapses and (not point.paused or action.name in held))

        moves = {at: [move for move in after if comes(at, move[0])] for at, after in self.after.items()}
        return self._leading(moves)

    def path_to(self, wanted: Point) -> list[str]:
        """The shortest way from the opening to a state, as names of actions."""
        came: dict[Point, tuple[Point, str] | None] = {self.first: None}
        todo = deque([self.first])
        while todo and wanted not in came:
            point = todo.popleft()
            for action, target in self.after[point]:
                if target not in came:
                    came[target] = (point, action.name)
                    todo.append(target)
        names: list[str] = []
        step = came.get(wanted)
        while step is not None:
            names.append(step[1])
            step = came[step[0]]
        return ["open", *reversed(names)]


def _asked(procedure: Procedure) -> frozenset[str]:
    """Facts that guards ask about; the others need not tell states apart."""
    guards = [guard for action in procedure.actions for guard in action.when]
    since = {name for guard in guards for name in (guard.since, guard.gathered) if name}
    consent = {"acted.consent" for guard in guards if guard.consent_of}
    return frozenset(since | consent)


def backs_of(pack: Pack, name: str) -> frozenset[str]:
    """Actions of a procedure that rulings take: effects ``back`` of the procedures that it opens."""
    procedures = pack.many(Procedure)
    opened = {effect.open for action in procedures[name].actions for effect in action.then if effect.open}
    return frozenset(
        effect.back
        for other in opened & set(procedures)
        for action in procedures[other].actions
        for effect in action.then
        if effect.back
    )


def check_model(pack: Pack, report: Report) -> None:
    """All procedures of a pack: walks, actors, words. A procedure with broken references is not walked."""
    broken = {
        fault.field.split(".")[1].split("[")[0]
        for fault in report.faults
        if fault.field.startswith("procedure.") and fault.code not in UNSPOKEN
    }
    for name, procedure in pack.many(Procedure).items():
        scope = Scope(pack, report, name, procedure)
        _actors_exist(scope)
        _words_complete(scope)
        if name not in broken:
            _walk(scope, Walk(procedure, backs_of(pack, name)))


def _actors_exist(scope: Scope) -> None:
    for action in scope.procedure.actions:
        if not action.who:
            scope.fault(
                ("action", action.name), _("没有写由谁办"), _('写 who，例如 who = ["leg"]。'), "actor"
            )
        elif not any(actors(scope.pack, scope.name, action).values()):
            reason = _("本区没有岗位能办这个动作")
            right = f"{scope.name}.{action.name}"
            remedy = _('在 posts.toml 里给一个岗位写上 { right = "%(right)s", reach = "…" }。') % {
                "right": right
            }
            scope.fault(("action", action.name, "who"), reason, remedy, "actor")


def _words_complete(scope: Scope) -> None:
    missing: dict[str, list[str]] = {}
    for key, place in known_words(scope.procedure).items():
        if not key.startswith("clock.") and not scope.procedure.words.get(key):
            missing.setdefault(place, []).append(key)
    for keys in missing.values():
        for key in keys:
            remedy = _('在 [procedure.%(name)s.words] 下写 "%(key)s" = "…"。') % {
                "name": scope.name,
                "key": key,
            }
            scope.fault(("words", key), _("没有给 %(key)s 起词") % {"key": key}, remedy, "word")
    for action in scope.procedure.actions:
        if not action.title or (not action.reads and action.fact != "acted"):
            remedy = _("写上 title（按钮上的词）和 reads（居民读到的那句话）。")
            scope.fault(("action", action.name), _("没有说法"), remedy, "word")


def _walk(scope: Scope, walk: Walk) -> None:
    if walk.cut:
        reason = _("状态太多，走不完（%(most)d）") % {"most": MOST_STATES}
        scope.fault((), reason, _("把程序拆成两个，或少用几个时限。"), "size")
        return
    _reached(scope, walk)
    _stuck(scope, walk)
    _waiting(scope, walk)
    for clock in scope.procedure.clocks:
        _clock(scope, walk, clock)


def _reached(scope: Scope, walk: Walk) -> None:
    stages = {point.stage for point in walk.after}
    for stage in scope.procedure.stages:
        if stage not in stages:
            remedy = _("加一个动作走到这里（goto），或删掉这个阶段。")
            scope.fault(("stages",), _("阶段 %(name)s 走不到") % {"name": stage}, remedy, "unreachable")
    legs = {point.leg for point in walk.after}
    for state in sorted(leg_states(scope.procedure) - legs):
        remedy = _("没有动作能让承办走到这一步；检查 from 和 to。")
        scope.fault(("action",), _("承办状态 %(name)s 走不到") % {"name": state}, remedy, "unreachable")
    taken = {action.name for moves in walk.after.values() for action, _target in moves}
    for action in scope.procedure.actions:
        if action.name not in taken and action.name != "open":
            reason = _("这个动作永远轮不到")
            remedy = _("检查 from 和 when：没有哪个走得到的状态同时合乎它们。")
            scope.fault(("action", action.name), reason, remedy, "never")


def _stuck(scope: Scope, walk: Walk) -> None:
    good = walk.ending()
    told: set[tuple[str, str]] = set()
    for point in walk.after:
        if point in good or (point.stage, point.leg) in told:
            continue
        told.add((point.stage, point.leg))
        reason = _("从这里走不到结束：%(state)s（经过 %(path)s）") % _named(walk, point)
        scope.fault(("stages",), reason, _("加一个从这里出去的动作，或给时限写 lapse。"), "stuck")


def _waiting(scope: Scope, walk: Walk) -> None:
    told: set[tuple[str, str]] = set()
    alone = walk.alone()
    for point in walk.after:
        if point in alone or (point.stage, point.leg) in told:
            continue
        if scope.procedure.stays_open and point.leg and not point.over and point.clocks:
            continue
        told.add((point.stage, point.leg))
        if not point.clocks:
            reason = _("在这里可以一直等下去，没有任何时限：%(state)s（经过 %(path)s）") % _named(walk, point)
            scope.fault(("stages",), reason, _("加一个在这一步开始的时限。"), "waits")
            continue
        reason = _("没有人办的话，光靠时限走不到结束：%(state)s（经过 %(path)s）") % _named(walk, point)
        remedy = _(
            '让这里的一个时限到期走向结束（lapse），或让它在离开一个阶段后还在（on = "matter"）；只等一个单位、'
            "晚了只往上报的，写 stays_open = true。"
        )
        scope.fault(("clock", sorted(point.clocks)[0]), reason, remedy, "waits")


def _clock(scope: Scope, walk: Walk, clock: Clock) -> None:
    here = ("clock", clock.name)
    running = [point for point in walk.after if clock.name in point.clocks]
    if not running:
        scope.fault(here, _("这个时限从来不会开始"), _("检查 start：没有走得到的动作会记下它。"), "clock")
    lapse = scope.procedure.action(clock.lapse or "")
    if lapse is None:
        return
    # Where its own end led, it has ended already: what is late there stays late until somebody acts.
    ahead = (point for point in running if point.leg != lapse.to and not walk.possible(point, lapse))
    blind = next(ahead, None)
    if blind is not None:
        told = {**_named(walk, blind), "name": lapse.name}
        reason = _("到期时 %(name)s 办不了：%(state)s（经过 %(path)s）") % told
        scope.fault(
            (*here, "lapse"), reason, _("放宽这个动作的 from，或让时限在这之前停下（stop）。"), "lapse"
        )


def _named(walk: Walk, point: Point) -> dict[str, str]:
    word = walk.procedure.word
    state = word(f"stage.{point.stage}") + (f" · {word(f'state.{point.leg}')}" if point.leg else "")
    return {"state": state, "path": " → ".join(walk.path_to(point))}


def inspect(folder: Path, home: Path | None = None) -> tuple[Pack, Sequence[Located]]:
    """A pack with everything that is wrong with it: shapes, references, model and words, by file and line."""
    pack, report = read_pack(folder, home)
    check_model(pack, report)
    return pack, report.sorted()
