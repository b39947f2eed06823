"""Whose figures one may read: the right `measure.read` on the organization; superiors see those below."""

from __future__ import annotations

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Missing
from baodao.kernel.verbs import allowed
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import forest, today

READ = "measure.read"


def subject_of(org: str, level: int = 1) -> Subject:
    """What the policy is asked about: the figures of an organization."""
    return Subject(ref=f"measures:{org}", org=org, level=level)


def may_read(by: Act, org: str) -> bool:
    """Whether this one reads the figures of an organization."""
    return bool(org) and org in forest().nodes and allowed(by, READ, subject_of(org, 0))


def ask(by: Act, org: str) -> None:
    """Raise Missing for an organization that is not there or not this reader's: the two are not told apart."""
    if not may_read(by, org):
        raise Missing.of("org", _("没有这个单位的指标，或它不对您开放"), _("请从您能看的单位里选"))


def top_level(by: Act, org: str) -> int:
    """The highest level of facts that this one reads as rows there: 1 at most, -1 for none."""
    return max((level for level in (0, 1) if allowed(by, READ, subject_of(org, level))), default=-1)


def readable(by: Act) -> list[str]:
    """Organizations whose figures this one reads, superiors first, those that have ended last."""
    found, trees, day = reach_of(by, READ), forest(), today()
    codes = {code for root, _top in found.below for code in trees.below(root, day)}
    codes |= {org for org, _top in (*found.own, *found.past)}
    return sorted(codes, key=lambda code: (len(trees.chain(code, day)) or 99, code))
