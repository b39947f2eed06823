"""Search over `search_doc`: one index of bigram tokens on each database, hits re-checked by substring.

The newest come first. A word that many texts have is found by walking the newest rows in the order of an index; only what is not common
among those is asked of the index of words, which gives all hits, to be sorted. Whoever sees few organizations has their marks asked
together with the words, so that the index gives only theirs. What may be seen is decided by the caller's condition (`visible_to`), in the
same statement. The shells only ask here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.text import Term, contains, fold, fts5_query, query_terms, tsquery

from .models import SearchDoc

LONGEST_QUERY = 80
#: So many of the newest rows are walked before the index of words is asked.
NEAR = 3000
#: More organizations than these are not asked for by their marks: the condition of the caller sorts them out.
FEW = 64
#: Tokens that cannot be typed: the tokenizers of both databases keep signs for private use, `kernel.text` never makes any.
_ORG, _DASH, _STATE = "\ue000", "\ue001", "\ue002"
_ODD = re.compile(r"[^0-9a-z]")
#: What PostgreSQL's index holds; migration 0003 says the same.
VECTOR = "array_to_tsvector(string_to_array(btrim({0}words || ' ' || {0}scopes), ' '))"


class Doc(NamedTuple):
    """A found row: subject, the text that was searched, "open" or "ended", its place in the order (seconds since 1970)."""

    subject: str
    shown: str
    state: str
    sort: int


def marks(orgs: Iterable[str], state: str) -> str:
    """What `search_doc.scopes` holds: the state and the organizations that have to do with the subject, by code."""
    return " ".join([_STATE + state, *(_mark(org) for org in sorted(set(orgs)))])


def _mark(org: str) -> str:
    return _ORG + _ODD.sub(_DASH, org.lower())


def find(
    query: str,
    kind: str,
    visible: QuerySet[SearchDoc],
    *,
    orgs: Collection[str] | None = None,
    state: str = "",
    before: tuple[int, str] | None = None,
    most: int = 50,
) -> list[Doc]:
    """The newest rows of a kind that hold all words of the query: `most` and one more where there are. ``visible``: the
    rows that the reader may see; ``orgs``: the only organizations whose rows these can be, None for many; ``before``:
    (sort, subject) of the last one seen. Invalid for a query of signs only or one longer than 80 characters. Two
    statements, one where the word is common; further ones only where tokens propose what is no hit."""
    terms = _terms(query)
    among = {"kind": kind, "state": state} if state else {"kind": kind}
    near = orgs is None or len(orgs) > FEW
    found: list[Doc] = []
    for size in (most + 1, 8 * most, 64 * most):
        wanted = _behind(visible.filter(**among), before)
        newest = _behind(SearchDoc.objects.filter(**among), before)
        proposed = _near(wanted, newest, terms, size) if near else []
        if len(proposed) < size:
            near = False
            proposed = _listed(_indexed(wanted, query, orgs, state), size)
        found += [doc for doc in proposed if contains(doc.shown, query)]
        if len(found) > most or len(proposed) < size:
            break
        before = (proposed[-1].sort, proposed[-1].subject)
    return found[: most + 1]


def _terms(query: str) -> list[Term]:
    if len(query.strip()) > LONGEST_QUERY:
        raise Invalid.of("q", _("搜索的内容太长"), _("请写 80 个字以内的关键词"))
    terms = query_terms(query)
    if not terms:
        raise Invalid.of("q", _("没有可以搜索的字"), _("请写汉字、字母或数字"))
    return terms


def _behind(rows: QuerySet[SearchDoc], before: tuple[int, str] | None) -> QuerySet[SearchDoc]:
    if before is None:
        return rows
    sort, subject = before
    return rows.filter(Q(sort__lte=sort) & (Q(sort__lt=sort) | Q(subject__gt=subject)))


def _near(
    rows: QuerySet[SearchDoc], newest: QuerySet[SearchDoc], terms: Sequence[Term], size: int
) -> list[Doc]:
    """Hits among the first of the newest rows, by the text of their tokens: the same on both databases."""
    newest = newest.order_by("-sort", "subject")
    rows = rows.filter(id__in=newest.values("id")[:NEAR])
    rows = rows.annotate(padded=Concat(Value(" "), "words", Value(" "), output_field=TextField()))
    for term in terms:
        rows = rows.filter(padded__contains=f" {term}" if term.prefix else f" {term} ")
    return _listed(rows, size)


def _indexed(
    rows: QuerySet[SearchDoc], query: str, orgs: Collection[str] | None, state: str
) -> QuerySet[SearchDoc]:
    """Rows whose tokens hold all of the query's, by the index of words."""
    also = [[_STATE + state]] if state else []
    if orgs is not None and len(orgs) <= FEW:
        also.append([_mark(org) for org in sorted(orgs)])
    if not all(also):
        return rows.none()
    if connection.vendor == "postgresql":
        asked = " & ".join(
            [tsquery(query), *("(" + " | ".join(f"'{m}'" for m in part) + ")" for part in also)]
        )
        return rows.extra(where=[f"{VECTOR.format('ledger_searchdoc.')} @@ %s::tsquery"], params=[asked])
    asked = " AND ".join(
        [fts5_query(query), *("(" + " OR ".join(f'"{m}"' for m in part) + ")" for part in also)]
    )
    sub = "ledger_searchdoc.id IN (SELECT rowid FROM ledger_search_fts WHERE ledger_search_fts MATCH %s)"
    return rows.extra(where=[sub], params=[asked])


def _listed(rows: QuerySet[SearchDoc], size: int) -> list[Doc]:
    wanted: Any = rows.order_by("-sort", "subject").values_list("subject", "shown", "state", "sort")
    return [Doc(*row) for row in wanted[:size]]


def pieces(text: str, query: str) -> list[tuple[str, bool]]:
    """A text in pieces that are words of the query or not; letter case and width apart, like the search itself."""
    words = [re.escape(word) for word in query.split()]
    if not words or len(fold(text)) != len(text):
        # A sign that folding makes longer would shift all that follows: shown without marks.
        return [(text, False)] if text else []
    found, last = [], 0
    for hit in re.finditer("|".join(fold(word) for word in words), fold(text)):
        found += [(text[last : hit.start()], False), (text[hit.start() : hit.end()], True)]
        last = hit.end()
    return [(part, on) for part, on in [*found, (text[last:], False)] if part]
