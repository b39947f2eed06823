"""Every read of dues. `proposals`: what a record would meet; `dues_of`: what an organization has to do and how it stands; `todo`;
`coverage` for those above."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Refused
from baodao.kernel.selectors import current_calendar
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import Recorded, facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of

from . import board, counted, lives
from .board import Line
from .declare import DueRule, DuesRules
from .facts import Excused
from .facts import Recorded as OnPaper
from .models import Excuse
from .periods import reach_back, terms, windows
from .policies import MEMBERS, READ, of_members, of_org
from .ports import Life
from .state import Stand, need_of, stands
from .words import trait_words

_DAY = timedelta(days=1)


class Proposal(msgspec.Struct, frozen=True):
    """A due that a record would meet. ``why``: in words, for the one who confirms. ``met``: refs that met it in this period
    already. ``subject``: whose due it is; of members' dues (``member:``) those who came."""

    requirement: str
    title: str
    why: str
    met: tuple[str, ...] = ()
    subject: str = ""
    unit: str = "times"


def title_of(rule: DueRule) -> str:
    """The requirement's name in the reader's language."""
    english = (translation.get_language() or "").startswith("en")
    return rule.title_en if english and rule.title_en else rule.title


def rules_of(org: str, day: date) -> dict[str, DueRule]:
    """The requirements of the pack that rules an organization on a day, in its order. No statement."""
    return dict(board.rules_of(orgs.pack_of(org, day)))


def dues_rules(org: str, day: date) -> DuesRules:
    """`[dues]` of the pack that rules an organization."""
    pack = orgs.pack_named(orgs.pack_of(org, day))
    return pack.one(DuesRules) if pack is not None and pack.has(DuesRules) else DuesRules()


# ── what a record would meet ────────────────────────────────────────────────────────────────────────────


def proposals(org: str, day: date, traits: frozenset[str], fact: str = "gather.held") -> tuple[Proposal, ...]:
    """Which dues of an organization (and of its members) a record of this day with these traits meets, in the pack's order. At most
    four statements."""
    node = orgs.forest().nodes.get(org)
    if node is None:
        return ()
    fitting = {
        name: terms(rule, day)
        for name, rule in rules_of(org, day).items()
        if rule.met_by == fact and rule.since <= day and why(terms(rule, day), traits)
    }
    told = {line.requirement: line for line in board.lines([org], day, fitting, back=0)}
    found = []
    for name, rule in fitting.items():
        line, sort = told.get(name), rule.subjects.of
        if sort == "member" and lives.fits(rule.subjects, node):
            found.append(Proposal(name, title_of(rule), why(rule, traits), (), "member:", rule.unit))
        elif line is not None or (sort == "org" and lives.find(rule, [org], day)):
            refs = line.stand.refs if line is not None else ()
            subject = line.subject if line is not None else f"org:{org}"
            found.append(Proposal(name, title_of(rule), why(rule, traits), refs, subject, rule.unit))
    return tuple(found)


def why(rule: DueRule, traits: Collection[str]) -> str:
    """In words, which traits make a record count; "" when it does not."""
    if not rule.counts_if:
        return ""
    held = []
    for condition in rule.counts_if:
        ours = [trait for trait in condition.split("|") if trait in traits]
        if not ours:
            return ""
        held.append(ours[0])
    return _("因为有：%(traits)s") % {"traits": _("、").join(trait_words(trait) for trait in held)}


# ── an organization's own list ──────────────────────────────────────────────────────────────────────────


def dues_of(by: Act, org: str, day: date, back: int = 1) -> list[Line]:
    """What an organization has to do around a day, and how it stands: due, met by what, missing, excused. Raises Refused. At most
    eight statements."""
    if not allowed(by, READ, of_org(org)):
        raise Refused.of("", _("这个单位的清单不对您开放"), _("请换岗位，或请本单位、上级打开"))
    return sorted(board.lines([org], day, back=back), key=order)


def order(line: Line) -> tuple[int, date, str, str]:
    """Missing first, then what is due, by day."""
    rank = {"missing": 0, "due": 1, "made_up": 2, "met": 2, "excused": 3}
    return rank[line.stand.state], line.stand.window.closes, line.requirement, line.subject


def todo(by: Act, day: date, ahead: int = 14) -> list[Line]:
    """What this post's organization has to do within so many days, and what is missing and can still be made up; nothing when it
    may not read it."""
    home = next((grant.org for grant in by.grants if grant.right == READ), "")
    if not home or not allowed(by, READ, of_org(home)):
        return []
    near = day + timedelta(days=ahead)
    found = board.lines([home], day)
    return sorted(
        (
            line
            for line in found
            if (line.stand.state == "due" and line.stand.window.due <= near) or line.stand.can_make_up(day)
        ),
        key=order,
    )


class MemberLine(msgspec.Struct, frozen=True):
    """One due of one member."""

    token: str
    requirement: str
    rule: DueRule
    stand: Stand
    cause: str = ""


def members_of(by: Act, org: str, day: date) -> list[MemberLine]:
    """The dues of a branch's members, by requirement and token: for the branch alone. Three statements."""
    if not allowed(by, MEMBERS, of_members(org)):
        raise Refused.of("", _("党员个人的情况只有本支部看得到"), _("上级看得到比例，看不到人"))
    rules = {
        name: rule for name, rule in rules_of(org, day).items() if rule.subjects.of == "member" and rule.every
    }
    return member_lines(lives.members(org, day), rules, day) if rules else []


def member_lines(held: Sequence[Life], rules: dict[str, DueRule], day: date) -> list[MemberLine]:
    """Dues of these members, by requirement and token. One statement, and those of `rests`."""
    calendar, parts = current_calendar(), []
    for name, rule in rules.items():
        spans = windows(rule, day - reach_back(rule) * _DAY, day + _DAY * 20, calendar)
        parts.append(board.Asked(name, rule, list(held), spans))
    (mets, excused), rests = board.held_of(parts, day), board.rests_in(parts, day)
    found = []
    for one in parts:
        for life in one.lives:
            key = (one.requirement, life.subject)
            owed = [(w, need_of(terms(one.rule, w.first), w, life.stays)) for w in one.windows]
            free = rests.causes(one.rule, life.org, one.windows)
            told = stands(owed, mets.get(key, ()), excused.get(key, {}).keys() | free.keys(), day)
            token = life.subject.partition(":")[2]
            found += [
                MemberLine(token, one.requirement, one.rule, s, free.get(s.window.first, ""))
                for s in board.chosen(told, day, 0)
            ]
    return found


# ── those above ─────────────────────────────────────────────────────────────────────────────────────────


class Cover(msgspec.Struct):
    """One requirement over many: how many owe it, have done it, made it up, are excused, lack it, have time left. ``sort``: of
    what."""

    requirement: str
    rule: DueRule
    sort: str
    owed: int = 0
    met: int = 0
    made_up: int = 0
    excused: int = 0
    missing: int = 0
    due: int = 0

    @property
    def base(self) -> int:
        """The denominator: owed and not excused."""
        return self.owed - self.excused

    @property
    def done(self) -> int:
        """The numerator."""
        return self.met + self.made_up


def reached(by: Act, day: date, root: str = "") -> list[str]:
    """The organizations whose dues this post reads, by code; with ``root`` those under it. No statement."""
    reach, trees = reach_of(by, READ), orgs.forest()
    found = {code for org, top in reach.below if top >= 1 for code in trees.below(org, day)}
    found |= {org for org, top in reach.own if top >= 1}
    return sorted(found & set(trees.below(root, day)) if root else found)


def coverage(by: Act, day: date, root: str = "") -> list[Cover]:
    """Each requirement over all organizations that this post reads, members as counts. At most eight statements, whatever their
    number."""
    codes = reached(by, day, root)
    return [*covers(board.lines(codes, day, back=0)), *covers_of(counted.shares(codes, day))]


def covers(lines: Iterable[Line]) -> list[Cover]:
    """Lines counted by requirement."""
    found: dict[str, Cover] = {}
    for line in lines:
        one = found.get(line.requirement)
        if one is None:
            one = found[line.requirement] = Cover(line.requirement, line.rule, line.rule.subjects.of)
        one.owed += 1
        state = line.stand.state
        setattr(one, state, getattr(one, state) + 1)
    return list(found.values())


def covers_of(shares: Iterable[counted.Share]) -> list[Cover]:
    """Members' shares counted by requirement."""
    found: dict[str, Cover] = {}
    for share in shares:
        one = found.setdefault(share.requirement, Cover(share.requirement, share.rule, "member"))
        one.owed, one.met, one.excused = (
            one.owed + share.owed,
            one.met + share.met,
            one.excused + share.excused,
        )
        one.due += share.owed - share.met - share.excused
    return list(found.values())


def lacking(
    by: Act, day: date, requirement: str, *, root: str = "", after: str = "", limit: int = 51
) -> list[Line]:
    """Who has not yet: organizations (and alliances, posts) by organization and subject behind ``after``, of the period around the
    day, or missing in the one before and still to be made up. At most four statements."""
    codes = [code for code in reached(by, day, root) if not after or code >= after.partition("|")[0]]
    found: list[Line] = []
    # A page is filled from as few organizations as it takes: the list costs the same, however long it is.
    for start in range(0, len(codes), 3000):
        part = codes[start : start + 3000]
        rows = (one for one in board.lines(part, day, [requirement]) if is_open(one, day))
        found += [one for one in sorted(rows, key=mark_of) if not after or mark_of(one) > after]
        if len(found) >= limit:
            break
    return found[:limit]


def lacking_lines(by: Act, day: date, root: str = "", most: int = 50_000) -> list[Line]:
    """What all organizations below lack, by organization: for a sheet. At most eight statements."""
    rows = (
        line for line in board.lines(reached(by, day, root), day) if line.stand.state in {"due", "missing"}
    )
    return sorted(rows, key=mark_of)[:most]


def is_open(line: Line, day: date) -> bool:
    """Not done: of the period around the day, or of one before that can still be made up."""
    stand = line.stand
    return stand.state in {"due", "missing"} and (stand.window.last >= day or stand.can_make_up(day))


def mark_of(line: Line) -> str:
    """Where a line stands in a list that is paged by key."""
    return f"{line.org}|{line.subject}|{line.stand.window.first.isoformat()}"


def lacking_now(codes: Collection[str], names: Collection[str], day: date) -> dict[tuple[str, str], Line]:
    """(requirement, organization) → what an organization lacks now: the oldest that can still be done. For reminders."""
    found: dict[tuple[str, str], Line] = {}
    for line in board.lines(sorted(codes), day, names):
        if line.stand.state == "due" or line.stand.can_make_up(day):
            found.setdefault((line.requirement, line.org), line)
    return found


# ── excuses, paper ───────────────────────────────────────────────────────────────────────────


def excused_now(keys: Collection[tuple[str, str]]) -> set[tuple[str, str, date]]:
    """(requirement, subject, period) of excuses in force. One statement."""
    rows = Excuse.objects.filter(subject__in=sorted({subject for _, subject in keys}))
    return set(rows.values_list("requirement", "subject", "period"))


def excusing(ref: str) -> Recorded | None:
    """The fact of an excuse in force."""
    return next((fact for fact in facts_of(ref) if isinstance(fact.data, Excused)), None)


def recorded(refs: Collection[str]) -> list[Recorded]:
    """Entries from paper in force."""
    return [fact for fact in facts_of(sorted(refs)) if isinstance(fact.data, OnPaper)]
