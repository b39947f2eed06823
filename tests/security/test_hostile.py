"""What nobody should send: no defect, no hang, no memory, and a clear word each time."""

from __future__ import annotations

import json
import random
import resource
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from baodao.people.door import COOKIE
from tests.support.town import A

from .hostile import NAMES, File, body, files, odd
from .routes import ENTRIES
from .test_idor import fillings, methods_of
from .world import bearer_of, cookie_of, furnish

#: Seconds for one answer; bytes that the process may grow by.
PATIENCE, MEMORY = 5.0, 500 << 20


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def send(town: Any, browser: Client, headers: dict[str, str], given: File, n: int) -> Any:
    """The file through the door that it is meant for, as far as the door goes: the column map reads the sheet."""
    if given.door == "sheet":
        answer = browser.post(
            "/desk/import/", {"file": SimpleUploadedFile(given.name, given.body), "command": f"f-{n}"}
        )
        return browser.get(answer["Location"]) if answer.status_code == 303 else answer
    keyed = {**headers, "Idempotency-Key": f"hostile-{n:06}"}
    if given.door == "evidence":
        return browser.post(
            "/api/v1/files/", given.body, content_type="application/octet-stream", headers=keyed
        )
    polygon = given.body.decode("utf-8", "replace")
    grid = {"code": f"g-{n}", "org": A, "name": "格", "polygon": polygon, "since": "2026-01-01"}
    return browser.post(
        "/api/v1/grids/", json.dumps({"grids": [grid]}), content_type="application/json", headers=keyed
    )


def hammer(town: Any, many: int, seed: int) -> None:
    browser = Client()
    clerk = bearer_of(town.uids["administrator"], "p-administrator")
    browser.cookies[COOKIE] = cookie_of(town.uids["clerk"])
    before, wrong = peak(), []
    for n, given in enumerate(files(seed, many)):
        began = time.process_time()
        answer = send(town, browser, clerk, given, n)
        spent = time.process_time() - began
        if answer.status_code >= 500 or spent > PATIENCE:
            wrong.append(
                f"{given.door} {given.name} {given.body[:40]!r}: {answer.status_code}, {spent:.1f} s"
            )
        if 400 <= answer.status_code < 500:
            assert answer.content, given.name
        if hasattr(answer, "close"):
            answer.close()
    assert not wrong, "\n".join(wrong[:30])
    assert peak() - before < MEMORY, f"{(peak() - before) >> 20} MB more"


def mutate(town: Any, many: int, seed: int) -> None:
    """Addresses of all shells with odd parameters, queries, bodies, headers and cookies."""
    world, chance, wrong = furnish(town), random.Random(seed), []
    cookies = [
        "",
        cookie_of(town.uids["resident"]),
        cookie_of(town.uids["secretary"]),
        cookie_of(town.uids["administrator"]),
    ]
    bearer = bearer_of(town.uids["administrator"], "p-administrator")
    browser, keys = Client(), sorted(ENTRIES)
    before = peak()
    for n in range(many):
        key = chance.choice(keys)
        params = chance.choice(list(fillings(world, ENTRIES[key])))
        if chance.random() < 0.4:
            params = {
                name: (odd(chance).encode("utf-8", "ignore").decode().replace("/", "") or "x")
                if isinstance(v, str)
                else v
                for name, v in params.items()
            }
        address = reverse(key, kwargs=params)
        query = {
            chance.choice(NAMES): odd(chance).encode("utf-8", "surrogatepass")
            for _n in range(chance.randint(0, 3))
        }
        browser.cookies.clear()
        if cookie := chance.choice(cookies):
            browser.cookies[COOKIE] = cookie
        for name in ("slips", "views", "lang", "columns"):
            if chance.random() < 0.2:
                browser.cookies[name] = chance.choice(
                    ["x", "[]", '{"a":1}', "[[1]]", "[[{},{}]]", "null", "9" * 3000]
                )
        headers = {
            "Idempotency-Key": f"mutated-{n:06}",
            "Accept-Language": chance.choice(["en", "zz;q=x", "*", ""]),
        }
        if key.startswith("api:") and chance.random() < 0.8:
            headers |= (
                bearer
                if chance.random() < 0.9
                else {"Authorization": chance.choice(["Bearer", "Bearer \0", "Basic eA=="])}
            )
        if chance.random() < 0.2:
            headers["If-None-Match"] = chance.choice(["x", '"0"', "*", 'W/"'])
        began = time.process_time()
        with transaction.atomic():
            if "POST" in methods_of(key) and chance.random() < 0.6:
                raw, kind = body(chance)
                raw = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")
                answer = browser.generic("POST", address, raw, content_type=kind, headers=headers)
            else:
                answer = browser.get(address, query, headers=headers)
            spent = time.process_time() - began
            if answer.streaming:
                answer.close()
            transaction.set_rollback(True)
        if answer.status_code >= 500 or spent > PATIENCE:
            wrong.append(f"{key} {address[:80]} {query}: {answer.status_code}, {spent:.1f} s")
    assert not wrong, "\n".join([f"{len(wrong)} wrong", *wrong[:40]])
    assert peak() - before < MEMORY


@pytest.fixture
def gentle(town: Any) -> Any:
    """The town's browser tells defects by their answer, as a server does."""
    original = Client.__init__

    def start(self: Client, *args: Any, **more: Any) -> None:
        original(self, *args, raise_request_exception=False, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "__init__", start)
        yield town


def test_a_sample_of_hostile_files_is_told_apart_and_refused(gentle: Any) -> None:
    hammer(gentle, 40, seed=1)


def test_a_sample_of_mangled_requests_makes_no_defect(gentle: Any) -> None:
    mutate(gentle, 120, seed=1)


@pytest.mark.long
def test_a_thousand_hostile_files(gentle: Any) -> None:
    hammer(gentle, 1000, seed=2)


@pytest.mark.long
def test_two_thousand_mangled_requests(gentle: Any) -> None:
    mutate(gentle, 2000, seed=2)
