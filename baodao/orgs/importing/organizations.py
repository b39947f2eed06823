"""The template of organizations: both trees, parents in any order, the pack that a district is ruled by."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.declare import pack_names
from baodao.kernel.errors import Fault
from baodao.kernel.tables import Bad, Cell, Column, Given, Verdicts, as_day, as_text, choice
from baodao.orgs import selectors
from baodao.orgs.declare import Level
from baodao.orgs.policies import in_office, offices, reach_of
from baodao.orgs.ruling import CODE, NewOrg, judge_new_orgs
from baodao.orgs.seats import title_of
from baodao.orgs.services import bind_pack, create_orgs
from baodao.orgs.tree import Forest
from baodao.orgs.words import kind_words

from .units import Reached, Units, units

RIGHT = "org.create"
_PLACE = re.compile(r"\w+\[(\d+)\]\.(\w+)")


class OrgRow(msgspec.Struct, frozen=True):
    """One row to load: the organization, and the pack to bind ("" = none)."""

    org: NewOrg
    pack: str


def columns(by: Act) -> Sequence[Column]:
    """What the sheet may bring; levels and kinds are those of the actor's pack."""
    lang = get_language() or "zh-hans"
    levels = levels_of(by)
    kinds = {kind: kind_words(kind) for level in levels.values() for kind in level.kinds}
    day = _("第一天，例如 2026-01-01")
    return (
        Column("code", _("组织代码"), as_code_of(CODE, _("2 到 32 个小写字母、数字、- 或 _")), required=True,
               aliases=("代码", "code"), hint=_("官方代码，或自己定的一个，不能重复"), example="500102001001"),
        Column("name", _("名称"), as_text(120), required=True, aliases=("组织名称", "单位名称"), example=_("甲社区")),
        choice("level", _("层级"), unique({c: title_of(one, lang) for c, one in levels.items()}), required=True,
               example="community"),
        choice("kind", _("类别"), unique(kinds), required=True, example="community"),
        Column("parent", _("上级"), as_text(120), aliases=("上级代码", "上级组织"), example="500102001",
               hint=_("上级的代码；可以就在这张表里，前后不限。最上面的一个空着")),
        Column("since", _("成立日"), as_day(settings.TIME_ZONE), required=True, aliases=("起始日",), hint=day,
               example=date(2024, 1, 1)),
        choice("tree", _("哪棵树"), {"admin": _("行政"), "party": _("党组织")}, hint=_("空着就按层级定"),
               example="admin"),
        Column("name_en", _("英文名"), as_text(160), example="Community A"),
        choice("pack", _("配置包"), {name: name for name in pack_names()},
               hint=_("只有区（或自己定规矩的单位）才填")),
    )  # fmt: skip


def as_code_of(pattern: re.Pattern[str], remedy: str) -> Any:
    """A code kept as text, in small letters; a number loses its ".0"."""
    from baodao.kernel.tables import as_code

    convert = as_code(r"[A-Za-z0-9_.\-]{1,80}", remedy)

    def code(cell: Cell) -> str:
        text = str(convert(cell)).lower()
        if not pattern.match(text):
            raise Bad(_("代码写法不对"), remedy)
        return text

    return code


def unique(words: Mapping[str, str]) -> dict[str, str]:
    """Words of a closed list made different: two codes of one title also show their code."""
    shown = list(words.values())
    return {code: f"{word} {code}" if shown.count(word) > 1 else word for code, word in words.items()}


def levels_of(by: Act) -> Mapping[str, Level]:
    """Levels of the actor's pack."""
    home = by.office
    return selectors.levels(selectors.pack_of(home) if home else selectors.home_pack())


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """Known ones are compared, new ones are put in order and ruled like `org.create` does. No statement."""
    trees, finder = selectors.forest(), units()
    given: dict[str, Given] = {}
    for row in rows:
        code = row.text("code")
        if code in given:
            verdicts.wrong(row.row, "code", code, _("代码在表里写了两次"), _("每个组织一行"))
        else:
            given[code] = row
    packs = [row.text("pack") for row in given.values() if row.text("pack")]
    news = {}
    for code, row in given.items():
        new = _new(row, given, finder, by, verdicts)
        if new is None:
            continue
        if code in trees:
            _compare(row, new, trees, verdicts)
        else:
            news[code] = new
    ordered = _ordered(news, given, verdicts)
    _rule(ordered, given, Reached(by, RIGHT), (packs or [selectors.BASE])[0], verdicts)
    for new in ordered:
        row = given[new.code]
        if new.parent in given and given[new.parent].row in verdicts.faults:
            verdicts.wrong(row.row, "parent", new.parent, _("上级那一行有错"), _("先改好上级那一行"))
        if row.row not in verdicts.faults:
            verdicts.good(row.row, OrgRow(new, row.text("pack")))


def _new(row: Given, given: Mapping[str, Given], finder: Units, by: Act, verdicts: Verdicts) -> NewOrg | None:
    parent = row.text("parent")
    if parent and parent not in given:
        try:
            parent = finder.find(parent, row.values["since"])
        except Bad as bad:
            verdicts.wrong(row.row, "parent", parent, bad.reason, bad.remedy)
            return None
    level = levels_of(by)[row.text("level")]
    return NewOrg(
        code=row.text("code"),
        name=row.text("name"),
        level=row.text("level"),
        kind=row.text("kind"),
        since=row.values["since"],
        parent=parent,
        tree=row.text("tree") or level.tree,
        name_en=row.text("name_en"),
    )


def _compare(row: Given, new: NewOrg, trees: Forest, verdicts: Verdicts) -> None:
    node = trees.nodes[new.code]
    parent = trees.parent(new.code, max(node.since, selectors.today())) or ""
    pairs = {
        "name": (node.name, new.name), "level": (node.level, new.level), "kind": (node.kind, new.kind),
        "parent": (parent, new.parent), "since": (node.since, new.since), "tree": (node.tree, new.tree),
    }  # fmt: skip
    if new.name_en:
        pairs["name_en"] = (node.name_en, new.name_en)
    pack = row.text("pack")
    if pack:
        pairs["pack"] = (trees.pack(new.code, selectors.today()), pack)
    differ = [field for field, (now, then) in pairs.items() if now != then]
    for field in differ:
        now, then = pairs[field]
        reason = _("这个组织已经有了，现在是“%(now)s”") % {"now": now or _("（空）")}
        verdicts.wrong(row.row, field, then, reason, _("要改请在组织页办，不用导入"))
    if not differ:
        verdicts.known(row.row)


def _ordered(news: Mapping[str, NewOrg], given: Mapping[str, Given], verdicts: Verdicts) -> list[NewOrg]:
    """Parents before children; a circle is a fault of each in it."""
    done: dict[str, NewOrg] = {}
    for code in news:
        path: list[str] = []
        step = code
        while step in news and step not in done and step not in path:
            path.append(step)
            step = news[step].parent
        if step in path:
            for one in path:
                row = given[one].row
                verdicts.wrong(
                    row, "parent", news[one].parent, _("上级绕了一圈，成了自己的下级"), _("核对上级")
                )
        done.update((one, news[one]) for one in reversed(path))
    return list(done.values())


def _rule(
    ordered: Sequence[NewOrg], given: Mapping[str, Given], may: Reached, pack: str, verdicts: Verdicts
) -> None:
    trees = selectors.forest()
    anchors: dict[str, str] = {}
    for new in ordered:
        anchor = anchors[new.code] = anchors.get(new.parent, new.parent)
        if not may(anchor):
            reason = _("这个上级下面不归您设组织") if anchor else _("最上面的组织由系统管理员在服务器上导入")
            verdicts.wrong(given[new.code].row, "parent", new.parent, reason, _("请由上级的管理员导入"))
    sound = [new for new in ordered if given[new.code].row not in verdicts.faults]
    found = judge_new_orgs(
        sound,
        trees,
        lambda code, day: selectors.levels(trees.pack(code, day) or (selectors.BASE if code else pack)),
    )
    rows = [given[new.code].row for new in sound]
    tell(found.found, rows, [given[new.code] for new in sound], verdicts)


def tell(faults: Iterable[Fault], rows: Sequence[int], given: Sequence[Given], verdicts: Verdicts) -> None:
    """Faults that a ruling named by place in a list, as faults of rows."""
    for fault in faults:
        if found := _PLACE.fullmatch(fault.field):
            at, field = int(found[1]), found[2]
            verdicts.wrong(rows[at], field, given[at].values.get(field, ""), fault.reason, fault.remedy)


def load(by: Act, items: list[OrgRow]) -> None:
    """One command for organizations up to the next that binds a pack, then the binding: it rules those that follow."""
    part: list[OrgRow] = []
    for item in items:
        part.append(item)
        if item.pack:
            _load(by, part)
            part = []
    if part:
        _load(by, part)


def _load(by: Act, part: Sequence[OrgRow]) -> None:
    last = part[-1]
    create_orgs(replace(by, command=f"{by.command}:{last.org.code}"), orgs=[item.org for item in part])
    if last.pack:
        act = replace(by, command=f"{by.command}:{last.org.code}:pack")
        bind_pack(act, org=last.org.code, pack=last.pack, since=last.org.since)


def rows(by: Act) -> Iterator[dict[str, Any]]:
    """Organizations that exist today or will, as whoever is in office reads the directory; parents before children."""
    trees, day = selectors.forest(), selectors.today()
    wanted = _listed(by)
    chains = {code: trees.chain(code, max(day, trees.nodes[code].since)) for code in wanted}
    for code in sorted(wanted, key=lambda one: (len(chains[one]), one)):
        node = trees.nodes[code]
        above = trees.parent(code, max(day, node.since)) or ""
        own, higher = trees.pack(code, max(day, node.since)), trees.pack(above, day) if above else ""
        yield {
            "code": code, "name": node.name, "level": node.level, "kind": node.kind, "parent": above,
            "since": node.since, "tree": node.tree, "name_en": node.name_en, "pack": own if own != higher else "",
        }  # fmt: skip


def _stays(trees: Forest, code: str, day: date) -> bool:
    until = trees.nodes[code].until
    return until is None or until > day


def seen(by: Act, right: str) -> set[str]:
    """Organizations that the actor reaches with a right; all for the system."""
    if reach_of(by, right).anyone >= 0:
        return set(selectors.forest().nodes)
    return set(offices(by, right))


def may_load(by: Act) -> bool:
    """Whether the actor may make organizations anywhere."""
    return bool(reach_of(by, RIGHT))


def may_see(by: Act) -> bool:
    """Whether the actor reads the directory."""
    return in_office(by)


def count(by: Act) -> int:
    """How many organizations the actor would export."""
    return len(_listed(by))


def _listed(by: Act) -> set[str]:
    day, trees = selectors.today(), selectors.forest()
    return {code for code in trees.nodes if _stays(trees, code, day)} if in_office(by) else set()
