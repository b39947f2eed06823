"""Who may do what with returns: rights on the organization that hands them in."""

from __future__ import annotations

from baodao.kernel.act import Act, Subject
from baodao.kernel.verbs import allowed
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import forest, today

READ, FILL, SIGN, CORRECT, TAKE, FORM = (
    "return.read", "return.fill", "return.sign", "return.correct", "return.take", "return.form",
)  # fmt: skip
LEVEL = 1


def subject_of(org: str, number: str = "") -> Subject:
    """What the policy is asked about."""
    return Subject(ref=f"return:{number}" if number else "return", org=org, level=LEVEL)


def may(by: Act, right: str, org: str, number: str = "") -> bool:
    """The same question for pages."""
    return bool(org) and allowed(by, right, subject_of(org, number))


def readable(by: Act) -> list[str]:
    """Organizations whose returns this one reads, by code."""
    found, trees, day = reach_of(by, READ), forest(), today()
    codes = {code for root, top in found.below if top >= LEVEL for code in trees.below(root, day)}
    return sorted(codes | {org for org, top in (*found.own, *found.past) if top >= LEVEL})
