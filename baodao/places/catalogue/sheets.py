"""What the templates of both catalogues share: cells, and judging rows by the verbs' own checks."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid
from baodao.kernel.tables.columns import Bad, as_code
from baodao.kernel.tables.read import Cell
from baodao.kernel.tables.template import Verdicts
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.ruling import Faults

from .folding import Catalogue, Told, told_of

_PLACE = re.compile(r"^\w+\[(\d+)\]\.(\w+)$")


def entry_code(cell: Cell) -> str:
    """The code of an entry; owners' own numbers come in capitals too."""
    code: str = as_code(r"[A-Za-z0-9][A-Za-z0-9_.\-]{1,47}")(cell)
    return code.lower()


def org_code(cell: Cell) -> str:
    """An organization by its code, or by its full name where only one is called so."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    try:
        return org_named(text, orgs.today(), "org")
    except Invalid as wrong:
        raise Bad(wrong.faults[0].reason, wrong.faults[0].remedy) from None


def as_degrees(cell: Cell) -> float:
    """A longitude or latitude."""
    try:
        return round(float(str(cell).strip().rstrip("°")), 6)
    except ValueError:
        raise Bad(_("不是经纬度"), _("例如 107.39420")) from None


def functions_typed(text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """Codes from words (or codes) with signs between them. Raises Invalid."""
    by_word = {word: code for code, word in words.items()}
    found = []
    for part in re.split(r"[、，,；;/\n]+", text):
        name = part.strip()
        # A title may hold a sign of ours itself: the whole text is tried before.
        if name and name not in words and name not in by_word:
            return _by_search(text, words)
        if name:
            found.append(by_word.get(name, name))
    return tuple(dict.fromkeys(found))


def _by_search(text: str, words: Mapping[str, str]) -> tuple[str, ...]:
    rest, found = text, []
    for code, word in sorted(words.items(), key=lambda one: -len(one[1])):
        if word in rest:
            rest = rest.replace(word, " ")
            found.append(code)
    left = re.sub(r"[、，,；;/\s]+", " ", rest).strip()
    if left:
        raise Invalid.of(
            "functions", _("没有叫 %(name)s 的功能") % {"name": left[:40]}, "、".join(words.values())
        )
    return tuple(code for code in words if code in found)


def judged(
    by: Act,
    items: Sequence[tuple[int, Any]],
    verdicts: Verdicts,
    catalogue: Catalogue,
    *,
    check: Callable[[Faults, Sequence[Any]], None],
    same: Callable[[Any, Any], bool],
    right: str,
    of_org: Callable[[str, str], Subject],
) -> None:
    """Say of each row whether it is new, known or wrong. Without a code it is the entry of its organization that says all that it says;
    two such rows of a sheet want their codes. Some statements for the whole sheet."""
    held: dict[str, Any] = {}
    uncoded = _uncoded([one for _row, one in items if not one.code], catalogue)
    codes = sorted({one.code for _row, one in items if one.code})
    for start in range(0, len(codes), 500):
        held |= told_of(catalogue, codes[start : start + 500])
    wrong = _faults(check, [one for _row, one in items])
    seen: set[Any] = set()
    for place, (row, one) in enumerate(items):
        if not one.code and one in seen:
            verdicts.wrong(
                row, "code", "", _("表里还有一行和它一模一样"), _("是两处就各写一个编号，是一处就留一行")
            )
        elif one.code and one.code in seen:
            verdicts.wrong(row, "code", one.code, _("这个编号在表里写了两次"))
        elif not allowed(by, right, of_org(one.code, one.org)):
            verdicts.wrong(row, "org", one.org, _("这个单位不归您登记"), _("请由它或它的上级导入"))
        elif place in wrong:
            for field, reason, remedy in wrong[place]:
                verdicts.wrong(row, field, getattr(one, field, ""), reason, remedy)
        elif one.code in held:
            if same(one, held[one.code]):
                verdicts.known(row)
            else:
                verdicts.wrong(row, "code", one.code, _("已经有了，内容不同"), _("请在它的页面上改"))
        elif not one.code and any(same(one, told) for told in uncoded.get((one.org, one.name), ())):
            verdicts.known(row)
        else:
            verdicts.good(row, one)
        seen.add(one.code or one)


def _uncoded(items: Sequence[Any], catalogue: Catalogue) -> dict[tuple[str, str], list[Told]]:
    """(organization, name) → entries still there that rows without a code may be. Three statements per 500."""
    found: dict[tuple[str, str], list[Told]] = {}
    wanted = {(one.org, one.name.strip()) for one in items}
    names = sorted({name for _org, name in wanted})
    for start in range(0, len(names), 500):
        rows = catalogue.model._default_manager.filter(
            name__in=names[start : start + 500], org__in={org for org, _name in wanted}
        )
        places = {code: (str(org), name) for code, org, name in rows.values_list("code", "org_id", "name")}
        for code, told in told_of(catalogue, places).items():
            if not told.until:
                found.setdefault(places[code], []).append(told)
    return found


def _faults(
    check: Callable[[Faults, Sequence[Any]], None], items: Sequence[Any]
) -> dict[int, list[tuple[str, str, str]]]:
    faults = Faults("rows")
    check(faults, items)
    return faults_by_row(faults)


def faults_by_row(faults: Faults) -> dict[int, list[tuple[str, str, str]]]:
    """Place in the list → (field, reason, remedy) of each fault."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for fault in faults.found:
        if at := _PLACE.match(fault.field):
            found.setdefault(int(at[1]), []).append((at[2], fault.reason, fault.remedy))
    return found
