"""What nobody should send: no defect, no hang, no memory, and a clear word each time."""

from __future__ import annotations

import base64
import itertools
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
from django.utils import timezone

from baodao.kernel.http import endpoints
from baodao.kernel.jobs import run_due
from baodao.kernel.models import Job
from baodao.people.door import COOKIE
from tests.support.alerts import alert
from tests.support.town import A

from .doors import Door, address, doors, feature, fuzzed, readers, watched
from .hostile import NAMES, File, body, files, odd
from .routes import ENTRIES
from .test_idor import fillings, methods_of
from .world import bearer_of, cookie_of, furnish

#: Seconds for one answer; bytes that the process may grow by.
PATIENCE, MEMORY = 5.0, 500 << 20


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


class Sender:
    """Somebody at each door, and what is sent there; each sending is undone afterwards."""

    def __init__(self, town: Any) -> None:
        self.world, self.town, self.n = furnish(town), town, 0
        self.cookies = {who: cookie_of(town.uids[who]) for who in {door.who for door in doors()} if who}
        self.browser, self.slow, self.wrong = Client(), 0.0, list[str]()

    def send(self, door: Door, given: File) -> None:
        """One file through one door as far as it goes: page, map or preview, the job behind it."""
        self.n += 1
        self.browser.cookies.clear()
        if door.who:
            self.browser.cookies[COOKIE] = self.cookies[door.who]
        began = time.process_time()
        with transaction.atomic():
            answers = [self._first(door, given)]
            if answers[0].status_code == 303 and door.eats != "evidence":
                answers += self._onward(str(answers[0]["Location"]))
            failed = Job.objects.filter(state="failed", message__contains="程序错误").values_list(
                "message", flat=True
            )
            wrong = [f"a job: {message}" for message in failed]
            for answer in answers:
                if answer.status_code >= 500:
                    wrong.append(str(answer.status_code))
                if 400 <= answer.status_code < 500 and not answer.content:
                    wrong.append("no word")
                if answer.status_code in {401, 403, 404}:
                    wrong.append(f"{answer.status_code}: nobody comes in at this door")
                answer.close()
            transaction.set_rollback(True)
        spent = time.process_time() - began
        if spent > PATIENCE * len(answers):
            wrong.append(f"{spent:.1f} s")
        self.slow = max(self.slow, spent)
        self.wrong += [f"{door.key} {door.params} {given.name} {given.body[:40]!r}: {one}" for one in wrong]

    def _first(self, door: Door, given: File) -> Any:
        at = address(door, self.world)
        key = f"hostile-{self.n:06}"
        if not door.key.startswith("api:"):
            body = {"command": key, **door.body}
            if door.field:
                body[door.field] = SimpleUploadedFile(given.name, given.body)
            else:
                body["polygon"] = given.body.decode("utf-8", "replace")
            return self.browser.post(at, body)
        headers = {**bearer_of(self.town.uids[door.who], f"p-{door.who}"), "Idempotency-Key": key}
        if door.key == "api:file.send":
            return self.browser.post(at, given.body, content_type="application/octet-stream", headers=headers)
        if door.key == "api:grid.draw":
            polygon = given.body.decode("utf-8", "replace")
            sent: Any = {
                "grids": [
                    {"code": f"g-{self.n}", "org": A, "name": "格", "polygon": polygon, "since": "2026-01-01"}
                ]
            }
        else:
            still = base64.b64encode(given.body).decode()
            sent = {"alerts": [alert(still=still)]}
        return self.browser.post(at, json.dumps(sent), content_type="application/json", headers=headers)

    def _onward(self, there: str) -> list[Any]:
        """The page that shows what was read; then its button, and the worker."""
        page = self.browser.get(there)
        if page.status_code != 200:
            return [page]
        done = self.browser.post(there, {"command": f"on-{self.n}", "do": "load", "good": "1"})
        while run_due(timezone.now()):
            pass
        return [page, done, *([self.browser.get(done["Location"])] if done.status_code == 303 else [])]

    def close(self, before: int) -> None:
        assert not self.wrong, "\n".join([f"{len(self.wrong)} wrong", *self.wrong[:40]])
        assert peak() - before < MEMORY, f"{(peak() - before) >> 20} MB more"


def eaten(door: Door, given: File) -> File | None:
    """The file as this door would be sent it; none where it eats other things."""
    if door.eats == "polygon" and given.door == "polygon":
        return File("polygon", "a.geojson", feature(given.body)) if door.field else given
    return given if given.door == door.eats else None


def hammer(town: Any, many: int, seed: int) -> set[str]:
    """So many hostile files, dealt out over the doors that eat them, and fuzzed sheets at each door of sheets. Gives the functions that
    read an upload."""
    sender, chance, before = Sender(town), random.Random(seed), peak()
    rounds = {
        eats: itertools.cycle([door for door in doors() if door.eats == eats])
        for eats in ("sheet", "evidence", "polygon")
    }
    with watched() as read:
        for given in files(seed, many):
            door = next(rounds[given.door])
            if (one := eaten(door, given)) is not None:
                sender.send(door, one)
        for door in doors():
            header = door.header(town)
            for rows in (3, max(4, many // 20)) if header else ():
                sender.send(door, fuzzed(chance, header, rows))
    sender.close(before)
    return read


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


def test_a_sample_of_hostile_files_is_refused_at_every_door(gentle: Any) -> None:
    """At every door that takes a file: what nobody sends makes no defect, no hang, and is answered in words. A function that reads an upload
    and was not reached has no door in doors.py."""
    assert readers() - hammer(gentle, 160, seed=1) == set()


def test_every_endpoint_that_takes_a_body_raw_is_a_door() -> None:
    raw = {f"api:{one.name}" for one in endpoints() if one.raw}
    assert raw and raw <= {door.key for door in doors()}


def test_a_sample_of_mangled_requests_makes_no_defect(gentle: Any) -> None:
    mutate(gentle, 120, seed=1)


@pytest.mark.long
def test_a_thousand_hostile_files(gentle: Any) -> None:
    hammer(gentle, 1000, seed=2)


@pytest.mark.long
def test_two_thousand_mangled_requests(gentle: Any) -> None:
    mutate(gentle, 2000, seed=2)
