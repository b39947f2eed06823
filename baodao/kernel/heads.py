"""What is worked out from a finished page. Tables on a phone: each cell carries the words of its column, so that a row that became
a card says what its figures are. Faults on top of a form: each names its field."""

import re

from django.utils.translation import gettext as _
from markupsafe import Markup

_HEAD = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)
_OPENS = re.compile(r"<(tr|td|th)\b([^>]*)>")
_SPAN = re.compile(r'\bcolspan="(\d+)"')
_TAG = re.compile(r"<[^>]*>")
# What speaks for itself: what to do, what it is, whose clock, a bar with its figure; columns that carry their words already.
_OWN = re.compile(r'\bdata-(?:head=|blank)|\bclass="(?:[^"]*\s)?(?:do|what|clock|amount|more)(?=[\s"])')
_SHOWN = re.compile(r"<(?:input|img|svg|button|select|textarea)\b")


def _heads(head: str) -> list[str]:
    """The words over each column, as they stand in the page (escaped); "" where cells need none (buttons)."""
    words: list[str] = []
    for attributes, inside in _HEAD.findall(head[head.rfind("<tr") :]):
        span = _SPAN.search(attributes)
        text = " ".join(_TAG.sub("", inside).split()).replace('"', "&quot;")
        words += ["" if span or "no-print" in attributes else text] * (int(span[1]) if span else 1)
    return words


def _labelled(body: str, heads: list[str]) -> str:
    column = 0

    def cell(found: re.Match[str]) -> str:
        nonlocal column
        kind, attributes = found.groups()
        if kind == "tr":
            column = 0
            return found[0]
        span = _SPAN.search(attributes)
        at, column = column, column + (int(span[1]) if span else 1)
        if kind == "th" or not at or span or at >= len(heads) or _OWN.search(attributes):
            return found[0]
        inside = body[found.end() : body.find("</td", found.end())]
        if not _TAG.sub("", inside).strip() and not _SHOWN.search(inside):
            return f"<td{attributes} data-blank>"
        return f'<td{attributes} data-head="{heads[at]}">' if heads[at] else found[0]

    return _OPENS.sub(cell, body)


_FAULT = re.compile(r'(<li><a href="#(f-[^"]+)">)(.*?)(</a>)', re.DOTALL)


def _named(page: str) -> str:
    """Each line of the summary of faults begins with the label of its field, unless it says it already: a reader of the summary
    alone ("要有 2 到 80 个字") knows where."""
    start = page.find('class="bd-faults"')
    end = page.find("</ul>", start)
    if start < 0 or end < 0:
        return page

    def line(found: re.Match[str]) -> str:
        name = re.escape(found[2])
        label = re.search(rf'<(?:label|legend)\b[^>]*?\b(?:for|id)="{name}"[^>]*>\s*([^<]+)', page)
        words = " ".join(label[1].split()) if label else ""
        known = not words or words in found[3] or any(part in found[3] for part in words.split("、"))
        return (
            found[0]
            if known
            else f"{found[1]}{_('%(label)s：%(reason)s') % {'label': words, 'reason': found[3]}}{found[4]}"
        )

    # Joined as plain text: what a filter gets is Markup, and adding text to it would escape the text.
    return "".join((page[:start], _FAULT.sub(line, page[start:end]), page[end:]))


def headed(page: str) -> Markup:
    """The page with `data-head="words of the column"` on the cells of its tables (`data-blank` on empty ones): a filter
    that both shells put around their content. The first cell of a row and those that speak for themselves go without;
    tables within tables are not known here. Faults name their fields."""
    page = _named(page)
    parts, done = [], 0
    while (start := page.find("<table", done)) >= 0:
        end = page.find("</table>", start)
        end = end if end >= 0 else len(page)
        # A table whose cells all speak for themselves says so: nothing is looked for in it.
        headed = page.startswith("<table data-headed", start)
        body = -1 if headed else page.find("</thead>", start, end)
        heads = _heads(page[start:body]) if body >= 0 else []
        if len(heads) > 1:
            parts += [page[done:body], _labelled(page[body:end], heads)]
        else:
            parts.append(page[done:end])
        parts.append(page[end : end + 1])  # so that the search goes on behind this table
        done = end + 1
    parts.append(page[done:])
    # The page was escaped where it was written; heads are taken from it as they stand.
    return Markup("".join(parts))  # noqa: S704
