"""What the pages of drawing share: who may, for which organizations, what was typed."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Missing, Refused
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import may, reach_of
from baodao.people.door import act_from

RIGHT = "grid.draw"


def door(request: HttpRequest, right: str = RIGHT) -> Act:
    """The Act of somebody who may draw somewhere. Raises Refused."""
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("grids"))
    if not reach_of(by, right):
        raise Refused.of("", _("网格由区里的管理员划定"), _("请把图交给他们导入"))
    return by


def offered(by: Act, right: str = RIGHT) -> list[tuple[str, str]]:
    """(code, words) of the districts, streets and communities in which this actor may draw, from above. No statement."""
    trees, day = orgs.forest(), orgs.today()
    found = []
    for root in trees.roots("admin", day):
        for code in trees.below(root, day):
            node = trees.nodes[code]
            if node.level in ("district", "street", "community") and may_draw(by, code, right):
                depth = len(trees.chain(code, day)) - 1
                found.append((code, "　" * max(0, depth - 1) + orgs.name_of(code)))
    return found


def may_draw(by: Act, org: str, right: str = RIGHT) -> bool:
    """Whether this actor may draw in an organization."""
    return may(by, right, Subject(ref=f"org:{org}", org=org))


def org_asked(by: Act, typed: str, right: str = RIGHT) -> str:
    """The organization that was chosen; the first offered when none was. Raises Missing for one that is not this actor's."""
    if not typed:
        choices = offered(by, right)
        return choices[0][0] if choices else ""
    if typed not in orgs.forest() or not may_draw(by, typed, right):
        raise Missing.of("org", _("没有这个单位，或它不归您划"), _("请从列表里选"))
    return typed
