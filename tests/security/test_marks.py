"""Addresses as people spoil them: a mark of the next part cut short, a day that no month has, a number with a small raised two. Every
page answers, with the list or with a clear error; none breaks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.urls import reverse

from baodao.people.door import COOKIE

from .routes import ENTRIES, IN, Ask, World
from .test_idor import FEW, REST, addresses, expected, fillings, methods_of
from .world import doors, furnish, tokens

#: What a page reads from its address, in the source of its module.
READ = re.compile(r"""\.get(?:list)?\("([a-z_]+)\"""")
#: Where the next part of a list begins.
NEXT = {"after", "before", "cursor"}
SPOILT = (
    "²", "2026-02-30|RT-1", "2026-02-30~FL-1", "0001-01-01T00:00:00+14:00~x", "\x00", "2026-02-30", "9999-12-31T23:59:59Z~x", "~~", "٣",
    "9" * 40, "99999999999", "1e400", "-1", "x" * 300, "2026-11-22|²", "a:b|c:d|e", "9999-12-31",
)  # fmt: skip


def asked_of(key: str, view: Any) -> set[str]:
    """The names that a page may read from its address."""
    from baodao.kernel.pages import ROUTES

    shell, _colon, name = key.partition(":")
    route = next(one for one in ROUTES if one.shell == shell and one.name == name)
    found = set(READ.findall(inspect.getsource(inspect.getmodule(inspect.unwrap(route.view)))))
    query = getattr(route.meta, "query", None)
    return found | set(getattr(query, "__struct_fields__", ()))


def openers(world: World) -> Iterator[tuple[str, str, str, dict[str, str], set[str]]]:
    """Each address that somebody may read: key, address, who, what is asked there anyhow, the names of what it may ask."""
    known = addresses()
    for key, entry in ENTRIES.items():
        if "GET" not in methods_of(key):
            continue
        for params in fillings(world, entry):
            cast = (*entry.also, *FEW[1:], *REST, "visitor")
            asks = (Ask(world, who, params, "GET") for who in cast)
            ask = next((one for one in asks if expected(key, entry, one) == IN), None)
            if ask is not None:
                query = entry.query(ask) if callable(entry.query) else entry.query
                usual = dict(parse_qsl(query.removeprefix("?")))
                yield key, reverse(key, kwargs=params), ask.who, usual, asked_of(key, known[key]) | set(usual)
                break


def spoil(town: Any, wanted: set[str] | None, marks: tuple[str, ...]) -> int:
    """Ask every page with every mark in every name (of `wanted`); gives how many questions were asked."""
    from django.test import Client

    world, cookies, bearer = furnish(town), doors(town), tokens(town)
    browser, asked, broken = Client(raise_request_exception=False), 0, []
    for key, address, who, usual, names in openers(world):
        browser.cookies.clear()
        api = key.startswith("api:")
        if who in cookies and not api:
            browser.cookies[COOKIE] = cookies[who]
        for name in sorted(names if wanted is None else names & wanted):
            for mark in marks:
                answer = browser.get(
                    address, usual | {name: mark}, headers=bearer.get(who, {}) if api else {}
                )
                asked += 1
                if answer.status_code >= 500:
                    broken.append(f"{key} as {who}: {address}?{name}={mark}: {answer.status_code}")
                if answer.streaming:
                    answer.close()
    assert not broken, "\n".join(broken)
    return asked


def test_a_spoilt_mark_of_the_next_part_breaks_no_page(town: Any) -> None:
    assert spoil(town, NEXT, SPOILT[:5]) > 500


@pytest.mark.long
def test_nothing_spoilt_in_an_address_breaks_a_page(town: Any) -> None:
    assert spoil(town, None, SPOILT) > 10_000
