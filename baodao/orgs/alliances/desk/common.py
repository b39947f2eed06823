"""What the pages of alliances share: words in the reader's language, finding an organization by what was typed."""

from collections.abc import Iterable
from datetime import date

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.declare import AllianceKind
from baodao.orgs.alliances.selectors import Seen, kinds_of, see
from baodao.orgs.alliances.words import SHAPES
from baodao.people.door import act_from

#: Suggestions beside a field for an organization.
OFFERED = 300


def english() -> bool:
    """Whether the reader reads English."""
    return (translation.get_language() or "").startswith("en")


def kind_title(kind: AllianceKind) -> str:
    """The kind's title in the reader's language."""
    return (kind.title_en if english() else "") or kind.title


def kind_words(seat: str, kind: str, shape: str, day: date) -> str:
    """What an alliance is called; its shape when the pack no longer knows its kind."""
    declared = kinds_of(seat, day).get(kind)
    return kind_title(declared) if declared is not None else str(SHAPES[shape])


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key("alliance"))


def typed_of(request: HttpRequest, most: int) -> dict[str, str]:
    """What was typed or asked for, each text at most so long."""
    source = request.POST if request.method == "POST" else request.GET
    return {str(name): str(value)[:most] for name, value in source.items()}


def seen_or_missing(by: Act, code: str) -> Seen:
    """The alliance, when this actor may see it. Raises Missing."""
    seen = see(by, code)
    if seen is None:
        raise Missing.of("code", _("没有这个共建组织，或者不对您开放"), _("请从列表里选"))
    return seen


def org_named(typed: str, day: date, field: str) -> str:
    """Code of the organization that was typed by code, by full name, as "name code", or as the beginning of one community's
    name. Raises Invalid."""
    text, trees = typed.strip(), orgs.forest()
    if text in trees:
        return text
    last = text.rpartition(" ")[2].strip("()（）")
    if last in trees:
        return last
    found = [
        code
        for code, node in trees.nodes.items()
        if text and text in (node.name, node.name_en) and node.at(day)
    ]
    # People say 双桂社区 for the one community whose full name begins so.
    found = found or [
        code
        for code, node in trees.nodes.items()
        if len(text) > 1 and node.level == "community" and node.name.startswith(text) and node.at(day)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid.of(
            field,
            _("叫“%(name)s”的有 %(n)d 个单位") % {"name": text[:60], "n": len(found)},
            _("请写代码：") + "、".join(found[:6]),
        )
    near = [node.name for node in trees.nodes.values() if text and text in node.name and node.at(day)][:4]
    remedy = (
        _("是不是：%(near)s") % {"near": "、".join(near)}
        if near
        else _("写单位的全称或代码，可在组织目录里查")
    )
    raise Invalid.of(field, _("没有叫“%(name)s”的单位") % {"name": text[:60]}, remedy)


def suggestions(seat: str, day: date) -> list[tuple[str, str]]:
    """(what to send, words) of organizations near the seat, for a field's list: below it, beside it, across the border."""
    trees = orgs.forest()
    above = trees.parent(seat, day)
    roots = [code for tree in ("admin", "party") for code in trees.roots(tree, day)]
    groups: list[Iterable[str]] = [
        trees.below(seat, day)[1:60],
        trees.children(above, day) if above else (),
        roots,
    ]
    groups += [trees.children(root, day) for root in roots]
    found = dict.fromkeys(code for group in groups for code in group)
    return [(f"{orgs.name_of(code)} {code}", orgs.name_of(code)) for code in list(found)[:OFFERED]]
