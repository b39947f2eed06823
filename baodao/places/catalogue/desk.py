"""What the desk's pages of both catalogues share: reading a form, posts and organizations to offer, history."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import who_of
from baodao.kernel.show import Happening
from baodao.kernel.tables.template import columns_of, template_of
from baodao.kernel.tables.web import workbook
from baodao.kernel.tables.write import write_xlsx
from baodao.ledger.selectors import Recorded, facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.seats import quiet_by
from baodao.people.door import act_from

TOLD, OFFERED = 100, 300


def act_of(request: HttpRequest, prefix: str) -> Act:
    """The Act of this request; a form brings its own command."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key(prefix))


def typed_of(request: HttpRequest, most: int = 400) -> dict[str, str]:
    """What was typed or asked for, each text at most so long."""
    source = request.POST if request.method == "POST" else request.GET
    return {str(name): str(value)[:most] for name, value in source.items()}


def point_typed(typed: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Longitude and latitude as typed, in two fields or both in the first ("107.39, 29.70"). Raises Invalid."""
    text = f"{typed.get('lon', '')} {typed.get('lat', '')}".replace("，", ",").replace(",", " ").split()
    if not text:
        return None, None
    try:
        lon, lat = (float(part) for part in text)
    except ValueError:
        raise Invalid.of(
            "lon", _("经度和纬度要一起写，只写数字"), _("例如 107.39420 和 29.70310（WGS-84）")
        ) from None
    return lon, lat


def home_of(request: HttpRequest) -> str:
    """The organization of the post that the reader acts in; "" without one."""
    post = who_of(request).post
    return post.org if post is not None else ""


def posts_offered(org: str, day: date) -> list[tuple[str, str]]:
    """(code, words) of posts that may be named in public, of an organization and all right below it."""
    if not org:
        return []
    found, trees = [], orgs.forest()
    for held in orgs.holders([org, *trees.children(org, day)], day)[:OFFERED]:
        kinds = orgs.post_kinds(orgs.pack_of(str(held.org_id), day))
        if not quiet_by(kinds, held.kind):
            found.append((held.code, f"{orgs.name_of(str(held.org_id))} · {held.title}"))
    return found


def orgs_offered(org: str, day: date) -> list[tuple[str, str]]:
    """(what to send, words) of an organization and what lies below it."""
    below = orgs.forest().below(org, day)[:OFFERED] if org else ()
    return [(f"{orgs.name_of(code)} {code}", orgs.name_of(code)) for code in below]


def keeper_words(code: str) -> str:
    """Office and title of a post; "" for none. One statement."""
    words = orgs.post_words([code]).get(code) if code else None
    return f"{words.office} · {words.title}" if words else ""


def history(subject: str, sentence: Callable[[Recorded], str]) -> list[Happening]:
    """The newest facts in words, latest first. Two statements."""
    told = facts_of(subject)[-TOLD:][::-1]
    posts = orgs.post_words({fact.post for fact in told if fact.post})
    rows = []
    for fact in told:
        post = posts.get(fact.post)
        by = f"{post.office} {post.title}" if post else ""
        rows.append(Happening(sentence(fact), fact.happened, by=by, fact=fact.id))
    return rows


def asked(wish: msgspec.Struct) -> str:
    """A wish as the query of an address."""
    return urlencode({name: value for name, value in msgspec.to_builtins(wish).items() if value})


def marked(title: str, rows: Iterable[Any]) -> str:
    """A sheet's title, which says so when anything in it is simulated."""
    made_up = settings.DEMO or any(row.origin == "simulated" for row in rows)
    return f"{_('模拟数据')} {title}" if made_up else title


def sheet_of(
    name: str, by: Act, rows: Sequence[Any], cells: Callable[[Any], Mapping[str, Any]], file: str
) -> HttpResponse:
    """These rows as a workbook in the columns of a template: what was exported can be imported."""
    template = template_of(name)
    columns, out = columns_of(template, by), io.BytesIO()

    def line(values: Mapping[str, Any]) -> list[Any]:
        found: list[Any] = []
        for column in columns:
            value = values.get(column.field, "")
            found.append(None if value == "" else column.words.get(value, value))
        return found

    write_xlsx(
        out,
        marked(str(template.title), rows),
        [column.title for column in columns],
        (line(cells(row)) for row in rows),
    )
    return workbook(out.getvalue(), file)


def plain(problem: Problem) -> Problem:
    """Faults of the verbs (``facilities[0].since``) at the fields of the form."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(
        *(msgspec.structs.replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults)
    )


def lang() -> str:
    """The reader's language."""
    return translation.get_language() or "zh-hans"
