"""Ending: a line is struck or expires, a household closes. Texts and contacts go in the same command."""

from collections.abc import Iterable
from typing import Literal

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx, allowed, verb
from baodao.ledger.models import Content
from baodao.ledger.services import on_void
from baodao.orgs.ruling import Faults
from baodao.people.selectors import persons_of
from baodao.people.services.erase import forget_contact
from baodao.places.households import facts
from baodao.places.households.fold import Line, Whole, local
from baodao.places.households.models import Household, HouseholdLine, HouseholdMember
from baodao.places.households.policies import of
from baodao.places.households.ruling import LineRef, check_known
from baodao.places.households.selectors import wholes

Side = Literal["household", "office"]


def side_of(by: Act, right: str, code: str, whole: Whole | None) -> tuple[Side, bool]:
    """Who speaks: the household itself (its slip, or somebody who keeps it at hand), else the office; and whether it
    may. The household's word goes by the right ``household.close``."""
    org, tokens = (whole.org, tuple(sorted(whole.tokens))) if whole else ("", ())
    if by.kind == "person" and not by.post and allowed(by, "household.close", of(code, "", tokens)):
        return "household", True
    return "office", allowed(by, right, of(code, org))


def _asked(tx: Tx, right: str, codes: Iterable[str], held: dict[str, Whole]) -> dict[str, Side]:
    found: dict[str, Side] = {}
    for code in sorted(set(codes)) or [""]:
        whole = held.get(code)
        side, may = side_of(tx.by, right, code, whole)
        if side == "household" and may:
            tokens = tuple(sorted(whole.tokens)) if whole else ()
            tx.ask("household.close", of(code, "", tokens))
        else:
            tx.ask(right, of(code, whole.org if whole else ""))
        found[code] = side
    return found


@verb("household.strike")
def strike_lines(tx: Tx, by: Act, *, lines: list[LineRef]) -> list[str]:
    """Lines are taken out and erased, by the household or by the office. The last one closes the household."""
    held = wholes({line.household for line in lines})
    sides = _asked(tx, "household.strike", [line.household for line in lines], held)
    faults = Faults("lines")
    check_known(faults, lines, {(code, n) for code, whole in held.items() for n in whole.lines})
    faults.close()
    for one in lines:
        whole, side = held[one.household], sides[one.household]
        _fact(tx, one.household, whole, facts.Struck(n=one.n, side=side))
        _take(tx, one.household, whole, [one.n])
    return _tidied(tx, by, {line.household for line in lines}, held)


@verb("household.close")
def close_households(tx: Tx, by: Act, *, households: list[str]) -> list[str]:
    """The switch: all lines are erased, nothing more is written. Closed already: nothing happens."""
    held = wholes(households)
    sides = _asked(tx, "household.close", households, held)
    done = []
    for code in sorted(set(households) & set(held)):
        if held[code].until is None:
            _close(tx, by, code, held[code], facts.Closed(side=sides[code]))
            done.append(code)
    return done


@verb("household.expire")
def expire_lines(tx: Tx, by: Act, *, lines: list[LineRef]) -> int:
    """Lines whose last day has passed are erased; one that was renewed or struck meanwhile is passed over."""
    held = wholes({line.household for line in lines})
    today, done = local(by.noted), 0
    for code in sorted(held) or [""]:
        tx.ask("household.expire", of(code, held[code].org if code in held else ""))
    for one in lines:
        whole = held.get(one.household)
        line = whole.lines.get(one.n) if whole else None
        if whole is not None and line is not None and line.until <= today:
            _fact(tx, one.household, whole, facts.Expired(n=one.n))
            _take(tx, one.household, whole, [one.n])
            done += 1
    _tidied(tx, by, set(held), held)
    return done


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def _fact(tx: Tx, code: str, whole: Whole, data: facts.Struck | facts.Expired | facts.Closed) -> None:
    tx.fact(data, subject=f"household:{code}", org=whole.org, place=whole.grid, level=2)


def _take(tx: Tx, code: str, whole: Whole, numbers: list[int]) -> None:
    forget_lines(tx, code, [whole.lines.pop(n) for n in numbers])


def forget_lines(tx: Tx, code: str, lines: Iterable[Line]) -> None:
    """Texts out of the ledger's content, contacts out of the vault, rows out of the table."""
    for line in lines:
        tx.delete(Content, fact=[line.fact])
        tx.delete(HouseholdLine, household_id=code, n=line.n)
        if line.token:
            for uid in persons_of([line.token], "erase").values():
                forget_contact(uid)


def _tidied(tx: Tx, by: Act, codes: Iterable[str], held: dict[str, Whole]) -> list[str]:
    """Whoever has no line left is closed; whoever has no address left loses building and mark."""
    for code in sorted(codes):
        whole = held[code]
        if whole.until is None and not whole.lines:
            _close(tx, by, code, whole, facts.Closed(side="empty"))
        elif not any(line.field == "address" for line in whole.lines.values()):
            _row(tx, code, whole)
    return sorted(codes)


def _close(tx: Tx, by: Act, code: str, whole: Whole, data: facts.Closed) -> None:
    _take(tx, code, whole, list(whole.lines))
    whole.until, whole.tokens = local(by.noted), set()
    _fact(tx, code, whole, data)
    tx.delete(HouseholdMember, household_id=[code])
    _row(tx, code, whole)


def _row(tx: Tx, code: str, whole: Whole) -> None:
    """The row without its address."""
    tx.upsert(
        Household, ("code",), code=code, org_id=whole.org, grid=whole.grid, building="", mark=None, post="", level=2,
        origin=whole.origin, since=whole.since, until=whole.until,
    )  # fmt: skip


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """An import was taken back: what it wrote about homes is erased, not only voided."""
    gone = [
        pending.voids for pending in tx.facts if pending.voids is not None and pending.subject in subjects
    ]
    codes = [subject.partition(":")[2] for subject in subjects if subject.startswith("household:")]
    if not codes:
        return
    mine = {p.voids for p in tx.facts if p.subject.startswith("household:") and p.voids is not None}
    tx.delete(Content, fact=sorted(mine))
    left = wholes(codes, frozenset(number for number in gone if number is not None))
    before = wholes(codes)
    for code in codes:
        if code not in left:
            tx.delete(HouseholdLine, household_id=[code])
            tx.delete(HouseholdMember, household_id=[code])
            tx.delete(Household, code=[code])
            continue
        for n in sorted(set(before[code].lines) - set(left[code].lines)):
            tx.delete(HouseholdLine, household_id=code, n=n)


on_void(_after_void)
