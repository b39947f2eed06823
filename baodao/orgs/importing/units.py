"""Which organization a cell means. Made once for a sheet: no statement, and each name is looked for once."""

import difflib
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.tables import Bad
from baodao.kernel.verbs import allowed
from baodao.orgs import duties, selectors
from baodao.orgs.tree import Forest

#: Comparing with thousands of names is dear: a sheet full of unknown ones gets so many guesses.
GUESSES = 20


class Reached:
    """Whether the actor may do a thing at an organization; asked once for each."""

    def __init__(self, by: Act, right: str, level: int = 0) -> None:
        self._ask = (by, right, level)
        self._known: dict[str, bool] = {}

    def __call__(self, org: str) -> bool:
        if org not in self._known:
            by, right, level = self._ask
            self._known[org] = allowed(by, right, Subject(ref=f"org:{org}", org=org, level=level))
        return self._known[org]


class Units:
    """Finds organizations by code, by name, or by name without its district's. ``may``: of several of one name, those
    that the actor reaches go before."""

    def __init__(self, trees: Forest, may: Callable[[str], bool] = lambda org: True) -> None:
        self.trees = trees
        self._may = may
        self._found: dict[tuple[str, date], str | Bad] = {}
        self._named: dict[date, dict[str, list[str]]] = {}
        self._guesses = 0

    def find(self, shown: str, day: date) -> str:
        """The code; raises Bad with reason and remedy."""
        key = (shown, day)
        if key not in self._found:
            try:
                self._found[key] = self._find(shown.strip(), day)
            except Bad as bad:
                self._found[key] = bad
        found = self._found[key]
        if isinstance(found, Bad):
            raise found
        return found

    def mine(self, shown: str, day: date, reason: str, remedy: str) -> str:
        """The code of one that the actor reaches; raises Bad with the reason given otherwise."""
        found = self.find(shown, day)
        if not self._may(found):
            raise Bad(reason, remedy)
        return found

    def _find(self, shown: str, day: date) -> str:
        if not shown:
            raise Bad(_("不能空着"), _("请填单位的名称或代码"))
        if shown in self.trees and self.trees.nodes[shown].at(day):
            return shown
        found = self._names(day).get(shown, [])
        if len(found) > 1:
            found = [code for code in found if self._may(code)] or found
        if not found:
            raise Bad(_("%(day)s 没有这个单位") % {"day": day}, self._guess(shown, day))
        if len(found) > 1:
            raise Bad(_("有 %(n)d 个单位叫这个名称") % {"n": len(found)}, "、".join(sorted(found)[:5]))
        return found[0]

    def _guess(self, shown: str, day: date) -> str:
        self._guesses += 1
        near = (
            difflib.get_close_matches(shown, self._names(day), 1, 0.5)
            if self._guesses <= GUESSES and len(shown) <= 60
            else []
        )
        return _("是不是“%(near)s”") % {"near": near[0]} if near else _("请按组织目录里的名称或代码填")

    def _names(self, day: date) -> dict[str, list[str]]:
        """Name → codes on a day; a name without its district's only where nobody is called so."""
        if day not in self._named:
            full: dict[str, list[str]] = {}
            short: dict[str, list[str]] = {}
            for code, node in self.trees.nodes.items():
                if not node.at(day):
                    continue
                full.setdefault(node.name, []).append(code)
                district = self.trees.name(duties.district_of(code, day))
                rest = node.name.removeprefix(district)
                if rest != node.name and len(rest) >= 3:
                    short.setdefault(rest, []).append(code)
            self._named[day] = short | full
        return self._named[day]


def units(may: Callable[[str], bool] = lambda org: True) -> Units:
    """Over the trees as they are."""
    return Units(selectors.forest(), may)
