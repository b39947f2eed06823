"""Planted truths: what a careful reader of the demonstration should find, and where. Written to truths.json and demo.json."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _

from .district import Cast

#: What each truth is, and where it is to be found ({org} its organization, {district} the district).
TOLD = {
    "late": (_("这个社区总是迟：收到和答复都超过时限"), "/desk/measures/on_time/?org={org}"),
    "silent": (_("这个社区的居民从不回音：没有一件能算满意"), "/desk/measures/silence/?org={org}"),
    "refusing": (_("这个社区的事都依法办不了，写明原因和下一步"), "/desk/measures/resolution/?org={org}"),
    "reopened": (_("这个社区的居民第一次都说没有解决，重新办理后才认可"), "/desk/measures/reopen/?org={org}"),
    "burst": (
        _("这个社区第十八天水管爆裂：几个小时里，同一处附近来了一大批，并成一件办"),
        "/desk/measures/opened/?org={org}",
    ),
    "late_department": (
        _("这个部门总是迟：报到和办结都超过时限，是全区最低"),
        "/desk/measures/on_time/?org={district}",
    ),
    "wrong_addressee": (
        _("这个部门常被叫去办清单上没有的事，它凭清单退回"),
        "/desk/measures/report_in/?org={org}",
    ),
}


class Truths(msgspec.Struct):
    """Communities and departments that behave in a certain way, and the numbers of the matters in which it shows."""

    late: str = ""
    silent: str = ""
    refusing: str = ""
    reopened: str = ""
    burst: str = ""
    late_department: str = ""
    wrong_addressee: str = ""
    numbers: dict[str, list[str]] = {}

    def fate(self, community: str, drawn: str) -> str:
        """The fate of a request in this community."""
        return {self.refusing: "refused", self.reopened: "reopened", self.silent: "silent"}.get(
            community, drawn
        )

    def communities(self) -> list[str]:
        """Those with a habit, the burst's not among them."""
        return [self.late, self.silent, self.refusing, self.reopened]

    def note(self, org: str, number: str) -> None:
        """Remember a matter that shows a truth about an organization."""
        for name in TOLD:
            if getattr(self, name) == org:
                self.numbers.setdefault(name, []).append(number)

    def told(self, district: str, name_of: Callable[[str], str]) -> dict[str, Any]:
        """As the file tells it: organization and its name, what, where to look, numbers."""
        return {
            key: {
                "org": getattr(self, key),
                "name": name_of(getattr(self, key)),
                "what": what,
                "where": where.format(org=getattr(self, key), district=district),
                "numbers": self.numbers.get(key, []),
            }
            for key, (what, where) in TOLD.items()
        }


def plant(cast: Cast, rng: random.Random) -> Truths:
    """Choose five different communities, in five different streets where residents live in so many, and two departments."""
    streets: dict[str, str] = {}
    for community in cast.lived[::-1]:
        streets.setdefault(community[:9], community)
    chosen = list(streets.values())[:5]
    chosen += [code for code in cast.lived if code not in chosen][: 5 - len(chosen)]
    late, wrong = rng.sample(cast.bureaus, 2)
    return Truths(
        late=chosen[0],
        silent=chosen[1],
        refusing=chosen[2],
        reopened=chosen[3],
        burst=chosen[4],
        late_department=late,
        wrong_addressee=wrong,
    )
