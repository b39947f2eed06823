"""Addresses as people spoil them: a mark of the next part cut short, a day that no month has, a number with a small raised two. Every
page answers, with the list or with a clear error; none breaks. The same in the forms that pages send."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.db import transaction
from django.urls import reverse

from baodao.people.door import COOKIE

from .routes import ENTRIES, IN, Ask, World
from .test_idor import FEW, REST, expected, fillings, methods_of
from .world import doors, furnish, tokens

#: What a page reads from its address, in the source of its module.
READ = re.compile(r"""\.get(?:list)?\("([a-z_]+)\"""")
#: Where the next part of a list begins.
NEXT = {"after", "before", "cursor"}
SPOILT = (
    "²", "2026-02-30|RT-1", "2026-02-30~FL-1", "0001-01-01T00:00:00+14:00~x", "\x00", "2026-02-30", "9999-12-31T23:59:59Z~x", "~~", "٣",
    "9" * 40, "99999999999", "1e400", "-1", "x" * 300, "2026-11-22|²", "a:b|c:d|e", "9999-12-31",
)  # fmt: skip


#: The same in a form: also what a number or a day of our own would break at later.
TYPED = ("²", "2026-02-30", "9999-12-31", "0001-01-01T00:00:00+14:00", "9" * 30)


def asked_of(key: str) -> set[str]:
    """The names that a page may read from its address."""
    from baodao.kernel.pages import ROUTES

    shell, _colon, name = key.partition(":")
    route = next(one for one in ROUTES if one.shell == shell and one.name == name)
    found = set(READ.findall(inspect.getsource(inspect.getmodule(inspect.unwrap(route.view)))))
    query = getattr(route.meta, "query", None)
    return found | set(getattr(query, "__struct_fields__", ()))


def openers(world: World) -> Iterator[tuple[str, str, str, dict[str, str], set[str]]]:
    """Each address that somebody may read: key, address, who, what is asked there anyhow, the names of what it may ask."""
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
                yield key, reverse(key, kwargs=params), ask.who, usual, asked_of(key) | set(usual)
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


def texts_of(body: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a body a text stands, but for the command's key."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        if isinstance(value, dict | list):
            yield from texts_of(value, (*way, key))
        elif isinstance(value, str) and key != "command":
            yield *way, key


def forms(world: World) -> Iterator[tuple[str, str, str, Any]]:
    """Each form that somebody may send: key, address, who, what is sent."""
    for key, entry in ENTRIES.items():
        if "POST" not in methods_of(key):
            continue
        for params in fillings(world, entry):
            asks = (Ask(world, who, params, "POST") for who in (*entry.also, *FEW[1:], *REST, "visitor"))
            ask = next((one for one in asks if expected(key, entry, one) == IN), None)
            body = entry.body(ask) if ask is not None and callable(entry.body) else entry.body
            if ask is not None and isinstance(body, dict):
                yield key, reverse(key, kwargs=params), ask.who, body
                break


@pytest.mark.long
def test_nothing_spoilt_in_a_form_breaks_a_page(town: Any) -> None:
    from django.test import Client

    world, cookies, bearer = furnish(town), doors(town), tokens(town)
    browser, asked, broken = Client(raise_request_exception=False), 0, []
    for key, address, who, body in forms(world):
        browser.cookies.clear()
        api = key.startswith("api:")
        if who in cookies and not api:
            browser.cookies[COOKIE] = cookies[who]
        for *way, last in texts_of(body):
            for mark in TYPED:
                sent, asked = deepcopy(body), asked + 1
                place = sent
                for step in way:
                    place = place[step]
                place[last] = mark
                headers = {**bearer.get(who, {}), "Idempotency-Key": f"spoilt-{asked:08}"} if api else {}
                with transaction.atomic():
                    answer = (
                        browser.post(
                            address, json.dumps(sent), content_type="application/json", headers=headers
                        )
                        if api
                        else browser.post(address, sent)
                    )
                    transaction.set_rollback(True)
                if answer.status_code >= 500:
                    broken.append(f"{key} as {who}: {[*way, last]} = {mark}: {answer.status_code}")
    assert not broken, "\n".join(broken)
    assert asked > 700
