"""Templates: one declaration gives an empty workbook with drop-down lists and notes, an import with every fault of
every row, and an export of the same columns, so that what was exported can be imported.

An app registers its templates in ``sheets.py`` in its own folder::

    register_template(Template(
        name="orgs", title=gettext_lazy("组织"), about=gettext_lazy("一行一个组织"), order=10,
        columns=columns,      # (by) -> Column…; closed lists through choice(); no statement
        judge=judge,          # (by, rows, verdicts): each row is good, the same as what is there, or wrong
        load=load,            # (by, items): one command, a verb that takes a list
        rows=rows,            # (by) -> field → value of all that the actor may see
        may_load=…, may_see=…, count=…,
    ))

Judging says "same" for a row that is there just so: sent again, a sheet adds nothing. A row that is there otherwise is
a fault: a person decides on a page, never an import.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing

from .columns import Bad, CellFault, Column, as_choice
from .read import Cell

#: What the first cell of the example row begins with: such a row is never imported.
EXAMPLE = ("例：", "e.g. ")


class Given(msgspec.Struct, frozen=True):
    """A row without faulty cells: its number in the sheet, its values by field (an empty cell has none)."""

    row: int
    values: dict[str, Any]

    def text(self, field: str, default: str = "") -> str:
        """A text cell; ``default`` for an empty one."""
        value: str = self.values.get(field, default)
        return value


class Verdicts:
    """What judging says of each row. Nothing said of a row: it is wrong without a reason, which is a mistake of ours."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self.items: list[tuple[int, Any]] = []
        self.same: set[int] = set()
        self.faults: dict[int, list[CellFault]] = {}

    def good(self, row: int, item: Any) -> None:
        """To be loaded, in the order in which it was said."""
        self.items.append((row, item))

    def known(self, row: int) -> None:
        """There already, just so."""
        self.same.add(row)

    def wrong(
        self, row: int, field: str, shown: Any, reason: Any, remedy: Any = "", *, href: str = ""
    ) -> None:
        """A fault of a row; a row may have several, and is not loaded."""
        title = self._titles.get(field, "")
        self.faults.setdefault(row, []).append(
            CellFault(row, title, str(shown)[:60], str(reason), str(remedy), href)
        )


class Template(msgspec.Struct, frozen=True):
    """A kind of sheet. ``title`` also names the worksheet, ``about`` says what a row is, ``order`` is its step when a
    district is brought in, ``chunk`` the rows of one command. ``personal``: exporting asks a purpose (``by.purpose``), and
    ``rows`` writes the access log. ``after`` runs once after all is loaded (batch given)."""

    name: str
    title: Any
    about: Any
    order: int
    columns: Callable[[Act], Sequence[Column]]
    judge: Callable[[Act, Sequence[Given], Verdicts], None]
    load: Callable[[Act, list[Any]], object]
    rows: Callable[[Act], Iterable[Mapping[str, Any]]]
    may_load: Callable[[Act], bool]
    may_see: Callable[[Act], bool]
    count: Callable[[Act], int]
    chunk: int = 500
    personal: bool = False
    after: Callable[[Act, str], None] | None = None


_templates: dict[str, Template] = {}


def register_template(template: Template) -> None:
    """Called in an app's ``sheets.py``."""
    _templates[template.name] = template


@cache
def _discover() -> None:
    autodiscover_modules("sheets")


def templates() -> list[Template]:
    """All of them, in the order of the steps."""
    _discover()
    return sorted(_templates.values(), key=lambda one: (one.order, one.name))


def template_of(name: str) -> Template:
    """One by name; Missing when there is none."""
    _discover()
    if name not in _templates:
        raise Missing.of("template", _("没有这种表"), "、".join(one.name for one in templates()))
    return _templates[name]


def choice(field: str, title: str, words: Mapping[str, str], **more: Any) -> Column:
    """A column with a closed list: code → word. The words are a drop-down in the workbook; code and word are read."""
    return Column(field, title, _choosing(words), words=words, **more)


def _choosing(words: Mapping[str, str]) -> Callable[[Cell], str]:
    convert = as_choice({word: code for code, word in words.items()} | {code: code for code in words})

    def choose(cell: Cell) -> str:
        code: str = convert(cell)
        return code

    return choose


def columns_of(template: Template, by: Act) -> list[Column]:
    """The columns in the reader's language. Titles and words of the other language are read too: a sheet may have been
    downloaded under it."""
    here = get_language() or "zh-hans"
    own = list(template.columns(by))
    merged = []
    with override("en" if not here.startswith("en") else "zh-hans"):
        others = list(template.columns(by))
    for column, other in zip(own, others, strict=True):
        aliases = (*column.aliases, other.title)
        convert = column.convert
        if column.words:
            read = {word: code for one in (other, column) for code, word in one.words.items()}
            convert = as_choice({**column.also, **read} | {code: code for code in column.words})
            convert = _telling(convert, column.words)
        merged.append(msgspec.structs.replace(column, aliases=aliases, convert=convert))
    return merged


def _telling(convert: Callable[[Cell], Any], words: Mapping[str, str]) -> Callable[[Cell], Any]:
    """The same, with the words of the reader's own language in the remedy."""

    def choose(cell: Cell) -> Any:
        try:
            return convert(cell)
        except Bad as bad:
            raise Bad(
                bad.reason, _("可以填：%(all)s") % {"all": "、".join(list(words.values())[:20])}
            ) from None

    return choose


def titles_in_all(template: Template) -> list[str]:
    """What its worksheet may be called."""
    found = [str(template.title)]
    for lang in ("zh-hans", "en"):
        with override(lang):
            found.append(str(template.title))
    return list(dict.fromkeys(found))


def lines(template: Template, by: Act, columns: Sequence[Column]) -> Iterator[list[Any]]:
    """The export's rows: values by column, codes of closed lists as words."""
    for row in template.rows(by):
        yield [
            column.words.get(value, value) if column.words else value
            for column, value in _pairs(columns, row)
        ]


def _pairs(columns: Sequence[Column], row: Mapping[str, Any]) -> Iterator[tuple[Column, Any]]:
    for column in columns:
        value = row.get(column.field)
        yield column, None if value == "" else value
