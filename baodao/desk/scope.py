"""Which organization a page of the district is about, and the way up and down the tree from there."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing, Refused
from baodao.kernel.pages import who_of
from baodao.matters.tallies import selectors as tallies
from baodao.measures.declare import K
from baodao.measures.results import enough
from baodao.orgs.selectors import forest, name_of, today

Named = tuple[str, str]


class Scope(Struct, frozen=True):
    """An organization with those above it that the reader may see as a whole (``above``, highest first, without
    itself), those right below, and the other beginnings of her view."""

    org: str
    name: str
    above: tuple[Named, ...]
    below: tuple[Named, ...]
    others: tuple[Named, ...]


def sees_whole(by: Act) -> bool:
    """Whether this post sees any organization as a whole: else `scope_of` refuses it."""
    return bool(tallies.roots(by))


def scope_of(request: HttpRequest, by: Act) -> Scope:
    """The organization that ``?org=`` names, else the reader's own, else where her view begins. Raises Missing for one
    that is not there or not hers (the two are not told apart), Refused for a post that sees no organization as a
    whole."""
    begins = tallies.roots(by)
    if not begins:
        raise Refused.of("", _("您的岗位不看一个辖区的全部事项"), _("您经手的事在待办里"))
    post = who_of(request).post
    own = post.org if post is not None else ""
    asked = request.GET.get("org", "")[:32] or (own if tallies.readable(by, own) else begins[0])
    if not tallies.readable(by, asked):
        raise Missing.of("org", _("没有这个单位，或它不对您开放"), _("请从您能看的单位里选"))
    trees, day = forest(), today()
    above = [code for code in reversed(trees.chain(asked, day)[1:]) if tallies.readable(by, code)]
    return Scope(
        asked,
        name_of(asked),
        tuple((code, name_of(code)) for code in above),
        tuple((code, name_of(code)) for code in trees.children(asked, day)),
        tuple((code, name_of(code)) for code in begins if code not in (asked, *above)),
    )


def restricted(org: str, shut: dict[str, int]) -> int:
    """Open legs of level 2 and above in an organization and below, in whole tens; 0 where it is fewer than K, or would
    tell of fewer by taking off what is told of those below."""
    trees, day = forest(), today()
    sums = tallies.shut_below(shut)
    order = sorted(sums, key=lambda code: (-len(trees.chain(code, day)), code))
    told = enough(sums, lambda code: trees.children(code, day), order, K)
    return sums[org] // 10 * 10 if org in told else 0
