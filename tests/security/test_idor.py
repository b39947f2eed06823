"""Every route × the cast × own, sibling, superior, below, outsider: what happens is what the printed matrix says.

A route without an entry in `routes.ENTRIES` fails here: whoever adds a page says who may open it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from baodao.people.door import COOKIE
from tests.support.town import OTHER_STREET, POSTS, A

from .doors import doors as file_doors
from .routes import DOOR, ENTRIES, IN, METHOD, MISSING, REFUSED, Ask, Entry, World
from .silent import NEVER, UNDONE
from .world import TREE, doors, furnish, things, tokens

#: Enough for every relation to A's matters: own, sibling, superior, outsider, far above without work, nobody.
FEW = ("visitor", "resident", "secretary", "sibling", "superior", "outsider")
ORGS = (A, OTHER_STREET)
REST = ("neighbour", "handler", "head", "supervisor", "ruler", "auditor", "administrator", "clerk")


def addresses() -> dict[str, Any]:
    """shell:name of every address that Django resolves."""
    found = {}

    def walk(patterns: list[Any], shell: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, pattern.namespace or shell)
            elif isinstance(pattern, URLPattern):
                found[f"{shell}:{pattern.name}"] = pattern

    walk(get_resolver().url_patterns, "")
    return found


def methods_of(key: str) -> tuple[str, ...]:
    from baodao.kernel.pages import ROUTES

    shell, _colon, name = key.partition(":")
    return next(r.methods for r in ROUTES if r.shell == shell and r.name == name)


def test_every_address_has_an_entry_and_every_entry_an_address() -> None:
    known = set(addresses())
    assert known - set(ENTRIES) == set(), "say in tests/security/routes.py who may open these"
    assert set(ENTRIES) - known == set()


#: What a page of ours never has: the browser would not run it, and an injected one would look like it.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style\b|\sstyle=\"|\son[a-z]+=\"|href=\"javascript:",
    re.I,
)


def floor(answer: Any) -> None:
    """The headers that every answer carries; no inline script or style in any page."""
    policy = answer["Content-Security-Policy"]
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"]
    if answer["Content-Type"].startswith("text/html") and not answer.streaming:
        found = INLINE.search(answer.content.decode())
        assert found is None, found
    for cookie in answer.cookies.values():
        assert cookie["samesite"] == "Lax", cookie
        assert cookie["httponly"] or not cookie.value or cookie.key in {"lang", "large"}, cookie


def fillings(world: World, entry: Entry) -> Iterator[dict[str, Any]]:
    """All ways to fill the parameters of an address."""
    choices = []
    for name, source in entry.names.items():
        values = (getattr(world, source, None) or world.stock[source]) if isinstance(source, str) else source
        values = [values] if isinstance(values, str) else list(values)
        choices.append([(name, value) for value in values])
    for picked in itertools.product(*choices):
        yield dict(picked)


def expected(key: str, entry: Entry, ask: Ask) -> str:
    """Door, method, post: what holds on every page of a shell; then the entry's own rule."""
    shell = key.partition(":")[0]
    allowed = methods_of(key)
    if ask.method not in allowed and shell != "api":
        return METHOD
    if ask.method not in allowed:
        return METHOD
    if not entry.public:
        if ask.who == "visitor" or (shell == "api" and not ask.home):
            return DOOR
        if shell == "desk" and not ask.home:
            return REFUSED
    return entry.rule(ask)


def outcome(answer: Any) -> str:
    status = answer.status_code
    assert status < 500, answer.content[:400]
    where = answer.headers.get("Location", "")
    if status == 401 or (status in {302, 303} and where.startswith(("/sign-in/", "/look/?number="))):
        return DOOR
    return {403: REFUSED, 404: MISSING, 405: METHOD}.get(status, IN)


def send(
    browser: Any,
    method: str,
    address: str,
    entry: Entry,
    ask: Ask,
    headers: dict[str, str],
    api: bool,
    n: int,
) -> Any:
    """One request that leaves nothing behind."""
    body = entry.body(ask) if callable(entry.body) else entry.body
    query = entry.query(ask) if callable(entry.query) else entry.query
    with transaction.atomic():
        if method == "GET":
            answer = browser.get(address + query, headers=headers)
        elif isinstance(body, bytes):
            headers = {**headers, "Idempotency-Key": f"idor-key-{n:08}"}
            answer = browser.post(address, body, content_type="application/octet-stream", headers=headers)
        elif api:
            headers = {**headers, "Idempotency-Key": f"idor-key-{n:08}"}
            answer = browser.post(address, json.dumps(body), content_type="application/json", headers=headers)
        else:
            answer = browser.post(address, body)
        floor(answer)
        if answer.streaming:
            answer.close()
        transaction.set_rollback(True)
    return answer


FORM = re.compile(r"<form[^>]*>.*?</form>", re.S)
CONTROL = re.compile(r'<input[^>]*type="file"[^>]*>')


def uploading(key: str, answer: Any) -> set[tuple[str, str]]:
    """Where the forms of a page send a file, and in which field."""
    text, found = answer.content.decode(), set()
    for form in FORM.findall(text) if 'type="file"' in text else ():
        action = re.search(r'<form[^>]*\saction="([^"?#]+)', form)
        at = resolve(urljoin(answer.request["PATH_INFO"], action[1])) if action else None
        names = {
            re.sub(r"-\d+$", "", name[1])
            for one in CONTROL.findall(form)
            if (name := re.search(r'name="([^"]+)"', one))
        }
        found |= {(f"{at.namespace or at.app_name}:{at.url_name}" if at else key, name) for name in names}
    return found


def check(town: Any, cast: tuple[str, ...], orgs: tuple[str, ...] = ORGS) -> tuple[int, set[str], set[str]]:
    """Ask everything; gives how many questions were asked, at which addresses nobody came in, and where nobody got done what was asked
    (as "key METHOD")."""
    from django.test import Client

    world, cookies, bearer = furnish(town)._replace(orgs=orgs), doors(town), tokens(town)
    browser, counted, wrong = Client(), itertools.count(1), defaultdict(str)
    silent, undone, uploads = set(ENTRIES), set[str](), set[tuple[str, str]]()
    for key, entry in ENTRIES.items():
        api, methods = key.startswith("api:"), {"GET", "POST"} & set(methods_of(key))
        asking = tuple(dict.fromkeys((*cast, *entry.also)))
        asked = itertools.product(fillings(world, entry), asking, sorted(methods))
        undone |= {f"{key} {method}" for method in methods}
        other = itertools.product(
            itertools.islice(fillings(world, entry), 1), cast[:1], {"GET", "POST"} - methods
        )
        for params, who, method in itertools.chain(asked, other):
            browser.cookies.clear()  # one handler for all: each loads the middleware anew
            if who in cookies and not api:
                browser.cookies[COOKIE] = cookies[who]
            address = reverse(key, kwargs=params)
            ask = Ask(world, who, params, method)
            wanted = expected(key, entry, ask)
            answer = send(
                browser, method, address, entry, ask, bearer.get(who, {}) if api else {}, api, next(counted)
            )
            told = outcome(answer)
            if told == IN and method == "GET" and answer["Content-Type"].startswith("text/html"):
                uploads |= uploading(key, answer)
            if told == IN:
                silent.discard(key)
            if told == IN and answer.status_code < 400:
                undone.discard(f"{key} {method}")
            faulty = entry.sound and told == IN and answer.status_code >= 400
            if told != wanted or faulty:
                wrong[f"{method} {address} ({key}): {answer.status_code}, the matrix says {wanted}"] += (
                    f" {who}"
                )
    assert uploads <= {(door.key, door.field) for door in file_doors()}, (
        "a page takes a file and is no door of doors.py"
    )
    assert not wrong, "\n".join(
        [f"{len(wrong)} answers are not what the matrix prints", *(f"{w}:{o}" for w, o in wrong.items())]
    )
    return next(counted), silent, undone


def test_every_route_answers_as_the_printed_matrix_says(town: Any) -> None:
    asked, silent, undone = check(town, FEW)
    assert asked > 1500
    assert silent == set(NEVER), "everybody is turned away: give the town an object that somebody may open"
    found = {one for one in undone if one.split()[0] not in NEVER}
    assert found == UNDONE, "nobody gets it done: send what the act needs"


@pytest.mark.long
def test_every_route_answers_the_whole_cast_as_printed(town: Any) -> None:
    asked, silent, undone = check(town, (*FEW, *REST), tuple(TREE))
    assert (
        asked > 3000
        and silent <= set(NEVER)
        and {one for one in undone if one.split()[0] not in NEVER} <= UNDONE
    )


def test_the_lists_hold_what_the_printed_matrix_opens(town: Any) -> None:
    """`visible_to`, the interface's list and the search agree with the printed lines, for everybody."""
    from django.test import Client

    world, bearer = furnish(town), tokens(town)
    for who in (one for one in bearer if one != "visitor"):
        opened = {n for n, it in things().items() if world.policy.may(who, "matter.read", it.subject)}
        answer = Client().get("/api/v1/matters/", headers=bearer[who])
        assert {row["number"] for row in answer.json()["rows"]} == opened, who


#: family → (list, one) on the desk.
LISTS = {
    "households": ("/desk/households/", "/desk/households/{}/"),
    "devices": ("/desk/devices/", "/desk/devices/{}/"),
    "facilities": ("/desk/facilities/?org=", "/desk/facilities/{}/"),
    "compounds": ("/desk/compounds/?org=500102", "/desk/compounds/{}/"),
    "plans": ("/desk/plans/", "/desk/plans/{}/"),
    "handovers": ("/desk/handovers/", "/desk/handovers/{}/"),
    "talents": ("/desk/talents/", "/desk/talents/{}/"),
}


def test_a_list_names_what_opens_one_by_one_and_nothing_else(town: Any) -> None:
    """For the same reader. What opens is what the printed matrix says: that is asked above."""
    from django.test import Client

    world, cookies, browser, wrong = furnish(town), doors(town), Client(), []
    told: dict[str, set[bool]] = defaultdict(set)
    for who, (family, (listed, one)) in itertools.product(POSTS, LISTS.items()):
        browser.cookies.clear()
        browser.cookies[COOKIE] = cookies[who]
        page = browser.get(listed)
        assert page.status_code in {200, 403}, (who, listed)
        text = page.content.decode() if page.status_code == 200 else ""
        for code in world.stock[family]:
            opens = browser.get(one.format(code)).status_code == 200
            told[family].add(opens)
            if (one.format(code) in text) != opens:
                wrong.append((who, family, code, page.status_code, opens))
    assert not wrong
    assert all(True in answers for answers in told.values()), "a list that nobody sees proves nothing"
