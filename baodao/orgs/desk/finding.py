"""Organizations in the desk's search: both trees are in memory whole, so that a new name is found at once and no statement is asked."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.finders import Found, among, finder
from baodao.kernel.text import fold
from baodao.orgs import selectors
from baodao.orgs.tree import Forest


@finder("org", gettext_lazy("组织"), order=10)
def orgs(by: Act, query: str, most: int) -> list[Found]:
    """Organizations that are there today and whose name in either language holds every word, or whose code it is; the
    shortest name first. The directory is open to all staff."""
    trees, day = selectors.forest(), selectors.today()
    hits = [code for code in among(_names(trees), query) if trees.nodes[code].at(day)]
    hits.sort(key=lambda code: (len(selectors.name_of(code)), code))
    return [
        Found(
            selectors.name_of(code),
            reverse("desk:org", kwargs={"code": code}),
            " › ".join(selectors.name_of(one) for one in reversed(trees.chain(code, day)[1:3])),
        )
        for code in hits[: most + 1]
    ]


@lru_cache(maxsize=2)
def _names(trees: Forest) -> list[tuple[str, str]]:
    """(code, what it is called and its code, folded) of all, worked out once for each change of the trees."""
    return [(code, fold(f"{node.name} {node.name_en} {code}")) for code, node in sorted(trees.nodes.items())]
