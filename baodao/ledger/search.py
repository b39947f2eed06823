"""Search over `search_doc`: one index of bigram tokens on each database, hits re-checked by substring.

The shells only ask here; what may be seen is decided by the caller's queryset (`visible_to`), in the same statement.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.text import contains, fts5_query, query_terms, tsquery

from .models import SearchDoc

LONGEST_QUERY = 80


def hits(query: str) -> QuerySet[SearchDoc]:
    """Rows whose tokens hold all of the query's; combine with `visible_to` and order before slicing. Invalid for a query of signs only or
    one longer than 80 characters."""
    wanted = query.strip()
    if len(wanted) > LONGEST_QUERY:
        raise Invalid.of("q", _("搜索的内容太长"), _("请写 80 个字以内的关键词"))
    if not query_terms(wanted):
        raise Invalid.of("q", _("没有可以搜索的字"), _("请写汉字、字母或数字"))
    rows = SearchDoc.objects.all()
    if connection.vendor == "postgresql":
        return rows.extra(where=["ledger_searchdoc.tokens @@ %s::tsquery"], params=[tsquery(wanted)])
    sub = "ledger_searchdoc.id IN (SELECT rowid FROM ledger_search_fts WHERE ledger_search_fts MATCH %s)"
    return rows.extra(where=[sub], params=[fts5_query(wanted)])


def recheck(rows: list[Any], query: str, shown: str = "shown") -> list[Any]:
    """Keep the rows whose text really contains the query (tokens only propose)."""
    return [row for row in rows if contains(getattr(row, shown), query)]
