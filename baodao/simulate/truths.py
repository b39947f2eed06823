"""Planted truths: what a careful reader of the demonstration should find. Written to demo.json beside the sign-in links."""

import random
from typing import Any

import msgspec

from .district import Cast


class Truths(msgspec.Struct):
    """Communities that behave in a certain way, and the numbers of the requests in which it shows."""

    late: str = ""
    silent: str = ""
    refusing: str = ""
    reopened: str = ""
    burst: str = ""
    numbers: dict[str, list[str]] = {}

    def fate(self, community: str, drawn: str) -> str:
        """The fate of a request in this community."""
        return {self.refusing: "refused", self.reopened: "reopened", self.silent: "silent"}.get(
            community, drawn
        )

    def note(self, community: str, number: str) -> None:
        """Remember a request that shows a truth."""
        for name in ("late", "silent", "refusing", "reopened", "burst"):
            if getattr(self, name) == community:
                self.numbers.setdefault(name, []).append(number)

    def told(self, name_of: Any) -> dict[str, Any]:
        """As demo.json tells it, in words."""
        words = {
            "late": "这个社区总是迟：收到和答复都超过时限",
            "silent": "这个社区的居民从不回音：没有一件能算满意",
            "refusing": "这个社区的事都依法办不了，写明原因和下一步",
            "reopened": "这个社区的居民第一次都说没有解决，重新办理后才认可",
            "burst": "这个社区第十八天水管爆裂，同一天来了十二件",
        }
        return {
            key: {
                "org": getattr(self, key),
                "name": name_of(getattr(self, key)),
                "what": text,
                "numbers": self.numbers.get(key, []),
            }
            for key, text in words.items()
        }


def plant(cast: Cast, rng: random.Random) -> Truths:
    """Choose five different communities in five different streets."""
    streets = rng.sample(cast.streets, min(5, len(cast.streets)))
    chosen = [rng.choice([c for c in cast.communities if c.startswith(street)]) for street in streets]
    chosen += [cast.communities[-1]] * (5 - len(chosen))
    return Truths(late=chosen[0], silent=chosen[1], refusing=chosen[2], reopened=chosen[3], burst=chosen[4])
