"""A plan's lines as one command: the same checks, rows and facts as the single verbs, step after step on the trees that the
step before left; and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Subject
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx
from baodao.ledger.facts import Voided
from baodao.ledger.selectors import Recorded, facts_of, facts_of_batch, in_force
from baodao.ledger.services import on_void
from baodao.orgs import facts as org_facts
from baodao.orgs import selectors
from baodao.orgs.alliances.services import after_void
from baodao.orgs.handover.models import Handover
from baodao.orgs.handover.ports import open_of_orgs
from baodao.orgs.models import Org, OrgClosure, OrgParent, Post
from baodao.orgs.ruling import End, EndPost, Move, NewOrg, NewPost, check_new_orgs
from baodao.orgs.services import posts as posts_
from baodao.orgs.services import trees as trees_
from baodao.orgs.tree import Edge, Forest, Node

from .lines import Line


class Changes(Struct, frozen=True):
    """A plan's lines by kind, each with its number."""

    found: list[tuple[int, Line]]
    move: list[tuple[int, Line]]
    dissolve: list[tuple[int, Line]]
    end: list[tuple[int, Line]]
    begin: list[tuple[int, Line]]


def sorted_out(lines: Sequence[tuple[int, Line]]) -> Changes:
    """Lines by kind; new organizations after those under which they will lie."""
    by: dict[str, list[tuple[int, Line]]] = {
        kind: [] for kind in ("found", "move", "dissolve", "end", "begin")
    }
    for number, line in lines:
        by[line.kind].append((number, line))
    fresh = {line.org for _n, line in by["found"]}
    ordered: list[tuple[int, Line]] = []
    waiting = list(by["found"])
    while waiting:
        done = {line.org for _n, line in ordered}
        ready = [one for one in waiting if one[1].other not in fresh or one[1].other in done]
        ordered += ready or waiting  # a circle among new ones: the check of parents names it
        waiting = [one for one in waiting if one not in ready] if ready else []
    return Changes(ordered, by["move"], by["dissolve"], by["end"], by["begin"])


def apply(tx: Tx, changes: Changes, day: date, trees: Forest) -> None:
    """Check and queue everything; asks every right that the single verbs ask. Raises Invalid and Conflict with faults by
    line (``lines[7].org``), Refused."""
    _ask(tx, changes)
    grown = _told(changes.found, lambda: _found(tx, changes.found, day, trees))
    touched = {line.org for _n, line in changes.found}
    moves = [Move(line.org, line.other, day) for _n, line in changes.move]
    if moves:
        grown, codes = _told(changes.move, lambda: trees_.moved(tx, moves, grown))
        touched |= codes
    leaving = {line.post: day for _n, line in changes.end}
    ends = [End(line.org, day, line.other) for _n, line in changes.dissolve]
    if ends:
        grown, codes = _told(changes.dissolve, lambda: trees_.ended(tx, ends, grown, leaving))
        touched |= codes
    if touched:
        trees_.rewrite(tx, grown, touched)
    going = [EndPost(line.post, day) for _n, line in changes.end]
    if going:
        held = _told(changes.end, lambda: posts_.leaving(going))
        posts_.left(tx, going, held)
    coming = [
        NewPost(line.post, line.org, line.post_kind, line.person, day, line.name, line.note)
        for _n, line in changes.begin
    ]
    if coming:
        _told(changes.begin, lambda: posts_.begun(tx, coming, grown))


def _found(tx: Tx, lines: Sequence[tuple[int, Line]], day: date, trees: Forest) -> Forest:
    if not lines:
        return trees
    orgs = [
        NewOrg(line.org, line.name, line.level, line.org_kind, day, line.other, line.tree)
        for _n, line in lines
    ]
    check_new_orgs(orgs, trees, lambda code, on: selectors.levels(trees.pack(code, on) or selectors.BASE))
    for _n, line in lines:
        if line.out_of:
            split = org_facts.Split(part=line.org, since=day.isoformat())
            tx.fact(split, subject=f"org:{line.out_of}", org=line.out_of)
    return trees_.created(tx, orgs, trees)


def _ask(tx: Tx, changes: Changes) -> None:
    fresh = {line.org for _n, line in changes.found}
    asked = {("org.create", line.other) for _n, line in changes.found if line.other not in fresh}
    asked |= {
        ("org.move", code)
        for _n, line in changes.move
        for code in (line.org, line.other)
        if code not in fresh
    }
    asked |= {("org.move", line.out_of) for _n, line in changes.found if line.out_of}
    asked |= {("org.end", line.org) for _n, line in changes.dissolve}
    parents = {line.org: line.other for _n, line in changes.found}
    asked |= {("post.begin", parents.get(line.org, line.org)) for _n, line in changes.begin}
    held = dict(
        Post.objects.filter(code__in=[line.post for _n, line in changes.end]).values_list("code", "org_id")
    )
    asked |= {("post.end", str(held.get(line.post, line.org))) for _n, line in changes.end}
    for right, org in sorted(asked):
        tx.ask(right, Subject(ref=f"org:{org}", org=org))


_PLACE = re.compile(r"^\w+\[(\d+)\]")


def _told(lines: Sequence[tuple[int, Line]], step: Callable[[], Any]) -> Any:
    """A step whose faults name the plan's line instead of a place in its own list."""
    try:
        return step()
    except (Invalid, Conflict) as problem:
        raise type(problem)(*(_named(fault, lines) for fault in problem.faults)) from problem


def _named(fault: Fault, lines: Sequence[tuple[int, Line]]) -> Fault:
    found = _PLACE.match(fault.field)
    if found is None or int(found[1]) >= len(lines):
        return fault
    number, line = lines[int(found[1])]
    where = selectors.name_of(line.org) or line.org
    said = _("第 %(n)d 项（%(where)s）：%(reason)s") % {"n": number, "where": where, "reason": fault.reason}
    return Fault(f"lines[{number}]", said, fault.remedy)


# ── the way back ────────────────────────────────────────────────────────────────────────────────────────


def undo(tx: Tx, batch: str, trees: Forest) -> int:
    """Void all that a plan recorded and put its rows back. Gives how many facts.

    :raises Conflict: something was built on it since; names what.
    """
    facts = in_force(facts_of_batch(batch))
    mine = [fact for fact in facts if fact.subject.partition(":")[0] in ("org", "post", "alliance")]
    _refuse_later(mine)
    back = _Back(tx, trees)
    for fact in reversed(mine):
        back.take(fact)
        tx.fact(
            Voided(reason="plan"),
            subject=fact.subject,
            about=fact.about,
            org=fact.org,
            level=fact.level,
            voids=fact.id,
        )
    back.close()
    after_void(tx, sorted({fact.subject for fact in mine}))
    return len(mine)


def _refuse_later(facts: Sequence[Recorded]) -> None:
    known = {fact.id for fact in facts}
    subjects = sorted({fact.subject for fact in facts if not fact.subject.startswith("alliance:")})
    last = max(known, default=0)
    for start in range(0, len(subjects), 500):
        for later in facts_of(subjects[start : start + 500]):
            if later.id > last and later.id not in known:
                name = later.subject.partition(":")[2]
                raise Conflict.of(
                    "", _("%(name)s 后来又有变动，撤不回去了") % {"name": name}, _("先撤回后来的变动")
                )


class _Back:
    """Puts rows back, fact by fact from the last to the first, and the closure at the end."""

    def __init__(self, tx: Tx, trees: Forest) -> None:
        self.tx = tx
        self.nodes: dict[str, Node] = dict(trees.nodes)
        self.edges: list[Edge] = trees.edges()
        self.trees = trees
        self.touched: set[str] = set()
        self.gone: set[str] = set()
        self.posts: set[str] = set()
        self.ended: set[str] = set()

    def take(self, fact: Recorded) -> None:
        """One fact back."""
        code, data = fact.subject.partition(":")[2], fact.data
        if isinstance(data, org_facts.Created):
            self.gone.add(code)
        elif isinstance(data, org_facts.Moved):
            self._move(code, data)
        elif isinstance(data, org_facts.Ended):
            self._revive(code, date.fromisoformat(data.until))
        elif isinstance(data, org_facts.Began):
            self.posts.add(code)
        elif isinstance(data, org_facts.PostEnded):
            self.ended.add(code)

    def _move(self, code: str, data: org_facts.Moved) -> None:
        day = date.fromisoformat(data.since)
        now = next(edge for edge in self.edges if edge.child == code and edge.since == day)
        before = next(
            (e for e in self.edges if e.child == code and e.until == day and e.parent == data.before), None
        )
        self.edges.remove(now)
        if before is not None:
            self.edges.remove(before)
            self.edges.append(replace(before, until=now.until))
            self.tx.delete(OrgParent, org_id=code, since=day)
            trees_.put_edge(self.tx, self.edges[-1])
        elif data.before:
            self.edges.append(replace(now, parent=data.before))
            trees_.put_edge(self.tx, self.edges[-1])
        else:
            self.tx.delete(OrgParent, org_id=code, since=day)
        self.touched.add(code)

    def _revive(self, code: str, day: date) -> None:
        self.nodes[code] = replace(self.nodes[code], until=None)
        self.tx.upsert(Org, ("code",), **trees_.org_columns(self.nodes[code]))
        own = [edge for edge in self.edges if edge.child == code and edge.until == day]
        for edge in own[-1:]:
            self.edges.remove(edge)
            self.edges.append(replace(edge, until=None))
            trees_.put_edge(self.tx, self.edges[-1])
        self.touched.add(code)

    def close(self) -> None:
        """Appointments, organizations that were founded, the closure."""
        self._posts()
        self._refuse_used()
        if self.gone:
            self.tx.delete(OrgClosure, descendant=sorted(self.gone))
            self.tx.delete(OrgParent, org_id=sorted(self.gone))
            self.tx.delete(Org, code=sorted(self.gone))
            self.edges = [edge for edge in self.edges if edge.child not in self.gone]
            for code in self.gone:
                del self.nodes[code]
        below = {code for one in self.touched for code in trees_.ever_below(one, self.trees.edges())}
        if below or self.gone:
            trees_.rewrite(self.tx, self.trees.grown(self.nodes.values(), self.edges), below - self.gone)

    def _posts(self) -> None:
        sheet = Handover.objects.filter(heir__in=self.posts, state__in=("open", "signed")).first()
        if sheet is not None:
            raise Conflict.of(
                "", _("交接单 %(code)s 要交给新任命的人") % {"code": sheet.code}, _("先作废那张单")
            )
        rows = {row.code: row for row in Post.objects.filter(code__in=self.posts | self.ended)}
        for code in sorted(self.posts):
            posts_.log_change(self.tx, "post.undone", code, rows[code].person)
        if self.posts:
            self.tx.delete(Post, code=sorted(self.posts))
        for code in sorted(self.ended - self.posts):
            self.tx.upsert(Post, ("code",), **(posts_.post_columns(rows[code]) | {"until": None}))

    def _refuse_used(self) -> None:
        """An organization that others lean on by now stays. Raises Conflict naming the first."""
        if not self.gone:
            return
        used = [
            edge.parent for edge in self.edges if edge.parent in self.gone and edge.child not in self.gone
        ]
        for relation in Org._meta.get_fields(include_hidden=True):
            model, field = relation.related_model, getattr(relation, "field", None)
            if not relation.one_to_many or model is OrgParent or field is None:
                continue
            rows = cast(Any, model)._default_manager.filter(**{f"{field.name}__in": self.gone})
            rows = rows.exclude(pk__in=self.posts) if model is Post else rows
            used += [str(code) for code in rows.values_list(field.attname, flat=True)[:5]]
        used += list(open_of_orgs(self.gone))
        if used:
            raise Conflict.of(
                "", _("%(name)s 已经有别的东西用到") % {"name": self.trees.name(used[0])}, _("先移走它们")
            )


__all__ = ["Changes", "apply", "sorted_out", "undo"]


@on_void
def _refuse_takeback(tx: Tx, subjects: list[str]) -> None:
    """A plan is undone as a plan: taking its batch back would leave moved organizations where they are."""
    if any(subject.startswith("plan:") for subject in subjects):
        raise Conflict.of("batch", _("这一批是调整计划"), _("请在调整计划的页面撤回"))
