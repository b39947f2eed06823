"""The Jinja2 environment of all pages: autoescape, gettext, local times, static files."""

from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from .heads import headed

_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ZH_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def _local(value: datetime | date) -> datetime | date:
    # One time zone for the installation, nobody has another: it need not be looked up per request for each moment of a page.
    return value.astimezone(timezone.get_default_timezone()) if isinstance(value, datetime) else value


def day(value: datetime | date | None) -> str:
    """11月27日 周五 / Fri 27 Nov; the year is added when it is not the present one."""
    if value is None:
        return ""
    local = _local(value)
    this_year = _local(datetime.now(UTC)).year
    if translation.get_language() == "en":
        text = f"{_EN_DAYS[local.weekday()]} {local.day} {local.strftime('%b')}"
        return text if local.year == this_year else f"{text} {local.year}"
    text = f"{local.month}月{local.day}日 {_ZH_DAYS[local.weekday()]}"
    return text if local.year == this_year else f"{local.year}年{text}"


def short_day(value: datetime | date | None) -> str:
    """11月27日 / 27 Nov, for the two ends of a span; the year is added when it is not the present one."""
    if value is None:
        return ""
    local = _local(value)
    if local.year != _local(datetime.now(UTC)).year:
        return date_of(value)
    if translation.get_language() == "en":
        return f"{local.day} {local.strftime('%b')}"
    return f"{local.month}月{local.day}日"


def span_words(name: str) -> str:
    """A period's name in words: 2026-10 → 2026年10月, 2026-Q3 → 2026年第3季度, 2026-H2 → 2026年下半年,
    two days → 10月1日—10月15日; any other name as it is."""
    english = translation.get_language() == "en"
    first, _dots, last = name.partition("..")
    try:
        if last:
            return f"{date_of(date.fromisoformat(first))}{' – ' if english else '—'}{date_of(date.fromisoformat(last))}"
        year, _dash, part = first.partition("-")
        if part[:1] == "Q" and part[1:] in {"1", "2", "3", "4"}:
            return f"Q{part[1:]} {int(year)}" if english else f"{int(year)}年第{part[1:]}季度"
        if part in {"H1", "H2"}:
            return f"{part} {int(year)}" if english else f"{int(year)}年{'上' if part == 'H1' else '下'}半年"
        if not part:
            return f"{int(year)}" if english else f"{int(year)}年"
        month = date(int(year), int(part), 1)
        return f"{month.strftime('%b')} {month.year}" if english else f"{month.year}年{month.month}月"
    except ValueError:
        return name


def date_of(value: datetime | date | None) -> str:
    """2026年3月1日 / 1 Mar 2026: the day from which something of a registry holds, always with its year."""
    if value is None:
        return ""
    local = _local(value)
    if translation.get_language() == "en":
        return f"{local.day} {local.strftime('%b')} {local.year}"
    return f"{local.year}年{local.month}月{local.day}日"


def moment(value: datetime | None) -> str:
    """Day and clock time to the minute."""
    if value is None:
        return ""
    return f"{day(value)} {_local(value).strftime('%H:%M')}"


def exact(value: datetime | None) -> str:
    """The exact local moment with zone, for hover and print."""
    return "" if value is None else value.astimezone(timezone.get_default_timezone()).isoformat(sep=" ")


def environment(**options: Any) -> Environment:
    """Called by Django's Jinja2 backend."""
    options.setdefault("undefined", StrictUndefined)
    options["autoescape"] = True
    env = Environment(  # noqa: S701 (the line above)
        **options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        newstyle=True,
    )
    env.globals.update(
        # A page says some sixty words of the house and draws as many icons, the same ones every time.
        _=words,
        gettext=words,
        icon_of=icon,
        # Addresses of static files never change while a process runs; a page names thirty of them.
        static=cache(static),
        url=url,
        lang=translation.get_language,
        debug=settings.DEBUG,
        demo=settings.DEMO,
    )
    env.filters.update(day=day, date=date_of, span=span_words, moment=moment, exact=exact, headed=headed)
    return env


def words(text: Any, /, **variables: Any) -> Markup:
    """A text of the house in the reader's language; variables are escaped."""
    if not variables:
        return _words(translation.get_language(), str(text))
    return Markup(translation.gettext(str(text))) % variables  # noqa: S704 (texts of the house may hold marks)


@lru_cache(maxsize=8192)
def _words(_lang: str | None, text: str) -> Markup:
    return Markup(translation.gettext(text)) % {}  # noqa: S704


@lru_cache(maxsize=2048, typed=True)
def icon(name: str, label: str = "") -> Markup:
    """A drawing beside words; with a label where it stands for them."""
    shown = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    sprite = escape(static("app/icons.svg"))
    return Markup('<svg class="bd-icon"{}><use href="{}#{}"></use></svg>').format(shown, sprite, name)


def url(name: str, /, **kwargs: Any) -> str:
    """`reverse` with keyword arguments, for templates."""
    return _url(name, tuple(kwargs.items()))


@lru_cache(maxsize=4096)
def _url(name: str, kwargs: tuple[tuple[str, Any], ...]) -> str:
    # A page has some twenty addresses that never change, a list one a row.
    return reverse(name, kwargs=dict(kwargs) or None)
