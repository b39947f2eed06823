"""Several at once, on real commits: the last seat, one person in two places, five hundred who sign in within ten seconds."""

from __future__ import annotations

import contextlib
import http.client
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from baodao.gather.models import Seat, Slot
from baodao.gather.services import join, leave
from baodao.kernel.errors import Conflict, Problem
from tests.support.together import together

from .conftest import HOUR, NOW, Cast, slot

ROUNDS = 6
DAY = NOW + 24 * HOUR


def test_two_phones_claim_the_last_seat(committed_cast: Cast) -> None:
    """One gets it, the other the waiting list; and when the first withdraws while a third comes, nobody passes the row."""
    from baodao.ledger.doctor import examine

    cast = committed_cast
    for n in range(ROUNDS):
        code = slot(cast, "sweep", at=DAY + n * 24 * HOUR, seats=1)
        acts = [cast.by("resident"), cast.by("neighbour")]
        took = together(*(lambda by=by, c=code: join(by, slot=c) for by in acts))  # type: ignore[misc]
        assert sorted(one.state for one in took) == ["seat", "waiting"], took
        row = Slot.objects.get(code=code)
        assert (row.taken, row.waiting, row.came) == (1, 1, 2)
        first = "resident" if took[0].state == "seat" else "neighbour"
        given, third = cast.by(first), cast.by("worker")
        together(lambda by=given, c=code: leave(by, slot=c), lambda by=third, c=code: join(by, slot=c))  # type: ignore[misc]
        states = sorted(Seat.objects.filter(slot=code).values_list("n", "state"))
        assert [state for _n, state in states] == ["left", "seat", "waiting"] or [
            state for _n, state in states
        ] == ["seat", "left", "waiting"], states
    assert list(examine()) == []


def test_one_person_and_two_places_at_once(committed_cast: Cast) -> None:
    """Two phones of one person: the database lets one through; the other is told the time that is taken."""
    cast = committed_cast
    warm = slot(cast, at=DAY - 5 * HOUR)
    join(cast.by("resident"), slot=warm)
    for n in range(ROUNDS):
        at = DAY + n * 24 * HOUR
        one, two = slot(cast, at=at), slot(cast, at=at + HOUR)
        acts = [(cast.by("resident"), one), (cast.by("resident"), two)]
        took = together(*(lambda by=by, c=code: join(by, slot=c) for by, code in acts))  # type: ignore[misc]
        lost = [done for done in took if isinstance(done, Problem)]
        assert len(lost) == 1, took
        assert isinstance(lost[0], Conflict)
        assert "这段时间已经有安排" in lost[0].faults[0].reason
        assert Seat.objects.filter(slot__in=[one, two], holds=True).count() == 1


def test_a_persons_first_two_sign_ups_at_once(committed_cast: Cast) -> None:
    """Both make her token; only one can, and both sign-ups hold."""
    cast = committed_cast
    one, two = slot(cast, at=DAY), slot(cast, at=DAY + 4 * HOUR)
    acts = [(cast.by("resident"), one), (cast.by("resident"), two)]
    took = together(*(lambda by=by, c=code: join(by, slot=c) for by, code in acts))  # type: ignore[misc]
    assert [done.state for done in took] == ["seat", "seat"], took
    assert len(set(Seat.objects.values_list("token", flat=True))) == 1


PEOPLE, SECONDS, HANDS = 500, 10.0, 40


@pytest.mark.long
def test_five_hundred_sign_in_within_ten_seconds(committed_db: Any, engine: str) -> None:
    """On two web workers, each person once: none lost, none doubled, the 99th of a hundred answered within a second."""
    from django.conf import settings

    from baodao.gather.ruling import NewSlot, utc
    from baodao.gather.working import begin
    from baodao.people.services.identity import Entry, enrol
    from tests.support.running import Live
    from tests.support.town import A, build, forget

    from .conftest import run

    forget()
    build()
    from baodao.kernel.act import system_act

    now = datetime.now(UTC).replace(microsecond=0)
    by = system_act(now, "crowd")
    entries = [Entry(ref=f"c{n}", name="某人", kind="resident") for n in range(PEOPLE)]
    made = enrol(by, entries=entries)
    starts = utc(now - timedelta(minutes=5))
    new = NewSlot(
        kind="volunteer", org=A, starts=starts, ends=starts + 2 * HOUR, title="千人清洁日", seats=PEOPLE
    )

    def full(tx: Any) -> str:
        work = begin(tx, new)
        work.join_all([made.tokens[e.ref] for e in entries])
        return work.code

    code = run(system_act(now, "crowd-slot"), full)
    cookies = [_session(made.uids[entry.ref]) for entry in entries]
    live = Live(committed_db.url(committed_db.current), Path(settings.DATA))
    live.serve(workers=2)
    try:
        idle = _cpu(live.processes["web"].pid)
        took = _crowd(live.url, code, cookies)
        spent = _cpu(live.processes["web"].pid) - idle
    finally:
        live.stop()
    times = sorted(seconds for _status, seconds in took)
    print(
        f"{engine}: p50 {times[PEOPLE // 2]:.3f} s, p99 {times[PEOPLE * 99 // 100]:.3f} s, last {times[-1]:.3f} s, web {1000 * spent / PEOPLE:.1f} ms CPU each, load {os.getloadavg()[0]:.1f}"
    )
    assert [status for status, _seconds in took] == [303] * PEOPLE
    rows = Seat.objects.filter(slot=code)
    assert rows.filter(status="present", minutes=120, how="code").count() == PEOPLE
    from baodao.ledger.models import Fact

    told = Fact.objects.filter(subject=f"gather:{code}", kind="gather.attended").values_list(
        "person", flat=True
    )
    assert len(told) == len(set(told)) == PEOPLE
    assert times[PEOPLE * 99 // 100] < 1.0
    forget()


def _cpu(leader: int) -> float:
    """Seconds of processor time of all processes of a session so far."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = file.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[3]) == leader else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _session(person: str) -> str:
    from baodao.people.door import COOKIE, clock
    from baodao.people.models import Account
    from baodao.people.services import sign_in
    from baodao.people.services.accounts import account_columns

    now = clock()
    account = Account.objects.create(person_id=person, **account_columns(now))
    opened = sign_in.open_session(account.username, "code", "other", now)
    return f"{COOKIE}={opened.cookie}; csrftoken={'c' * 32}"


def _crowd(url: str, slot_code: str, cookies: list[str]) -> list[tuple[int, float]]:
    """Everybody presses once, spread evenly over ten seconds, whatever became of those before; seconds from when she pressed."""
    from baodao.gather import codes

    where = urlsplit(url)
    took: list[tuple[int, float]] = [(0, 0.0)] * len(cookies)
    began = time.perf_counter() + 0.5

    def hand(first: int) -> None:
        line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        for n in range(first, len(cookies), HANDS):
            due = began + n * SECONDS / len(cookies)
            time.sleep(max(0.0, due - time.perf_counter()))
            shown = codes.code_at(slot_code, datetime.now(UTC))
            body = urlencode({"csrfmiddlewaretoken": "c" * 32, "command": f"here-{n}", "code": shown})
            head = {
                "Cookie": cookies[n], "Content-Type": "application/x-www-form-urlencoded", "Referer": url, "Origin": url,
            }  # fmt: skip
            line.request("POST", f"/gather/{slot_code}/in/", body, head)
            answer = line.getresponse()
            answer.read()
            took[n] = answer.status, time.perf_counter() - due
        line.close()

    hands = [threading.Thread(target=hand, args=(first,)) for first in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join(120)
    return took
