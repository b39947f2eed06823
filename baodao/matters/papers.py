"""Papers of a matter: a declared text with slots, filled from what its facts say, to print or as a Word document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baodao.kernel.errors import Missing
from baodao.kernel.jinja import date_of
from baodao.kernel.tables.word import Grid, Text, write_word
from baodao.orgs.selectors import name_of

from . import rows
from .blocks import grid_for
from .declare import PAPER_SLOT, Paper, Procedure
from .facts import Step
from .selectors import Seen
from .story import value_words

#: What stands where nothing was entered: a line to write on.
BLANK = "＿＿＿＿＿＿"


def papers_of(seen: Seen) -> list[Paper]:
    """Those that can be made of this matter as it stands."""
    return [one for one in seen.procedure.papers if not one.stages or seen.state.stage in one.stages]


def paper_of(seen: Seen, name: str) -> Paper:
    """Raises Missing for one that is not declared, or not for this stage."""
    found = next((one for one in papers_of(seen) if one.name == name), None)
    if found is None:
        raise Missing.of("paper", _("现在没有这份文书"), _("请从这件事的页面上选"))
    return found


def filled(seen: Seen, paper: Paper) -> list[str | rows.Grid]:
    """The paragraphs, with the latest value of each field; an empty slot is a line to write on. A line that is the slot of a
    field with rows is its table."""
    values = {
        "number": seen.row.number,
        "org": name_of(seen.state.org),
        "title": seen.procedure.title,
        "today": date_of(localdate(seen.state.last)),
        **dict(_values(seen)),
    }
    lines: list[str | rows.Grid] = []
    for line in paper.text.strip().split("\n"):
        alone = PAPER_SLOT.fullmatch(line.strip())
        block = grid_for(seen, alone[1], localdate(seen.state.last)) if alone else None
        lines.append(block or PAPER_SLOT.sub(lambda found: values.get(found[1]) or BLANK, line))
    return lines


def _values(seen: Seen) -> Iterator[tuple[str, str]]:
    procedure: Procedure = seen.procedure
    for fact in seen.facts:
        if not isinstance(fact.data, Step):
            continue
        action = procedure.action(fact.data.action)
        for name, value in fact.data.fields.items():
            if action is not None and name in action.fields:
                plain = action.fields[name].rstrip("?") != "date"
                words = value_words(procedure, action, name, value) if plain else ""
                yield name, words or date_of(date.fromisoformat(str(value)))
        texts = seen.texts.get(fact.id, {})
        yield from texts.items()
        for name in rows.row_fields(action) if action is not None else ():
            if (
                rows.numbers(name, fact.data.fields, texts)
                or rows.scores_total(name, fact.data.fields) is not None
            ):
                yield name, rows.words(procedure, action.fields[name], name, fact.data.fields, texts)  # type: ignore[union-attr]


def write_paper(out: BinaryIO, seen: Seen, paper: Paper) -> None:
    """The paper as a Word document."""
    write_word(out, [Text(paper.title, "title"), *(_part(line) for line in filled(seen, paper))])


def _part(line: str | rows.Grid) -> Text | Grid:
    """A paragraph, or a ruled table whose first column is twice as wide."""
    if isinstance(line, str):
        return Text(line)
    cells = [line.head, *line.rows, *([line.foot] if line.foot else [])]
    return Grid(cells, [2, *[1] * (len(line.head) - 1)])
