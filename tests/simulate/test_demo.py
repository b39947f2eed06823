"""The demonstration: built by one command, marked as simulated, cut off without a trace, quick the second time."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from baodao.simulate import clock, fates, words

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path) -> dict[str, str]:
    """Like a new user's shell: no setting but where the data lies."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BAODAO_")}
    return {**kept, "BAODAO_DATA": str(folder)}


def demo(folder: Path, *options: str) -> "subprocess.Popen[str]":
    """`baodao demo` as a process of its own group."""
    return subprocess.Popen(
        [sys.executable, "-m", "baodao.cli", "demo", *options],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A run in the background of a shell is born deaf to Ctrl-C, and so would be its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_the_same_seed_gives_the_same_fates() -> None:
    """And each fate begins with the office taking the request up."""
    for fate in fates.WEIGHTS:
        first = list(fates.steps(fate, random.Random(7)))
        assert first == list(fates.steps(fate, random.Random(7)))
        assert first[0].action == "report_in"
        assert all(step.hours > 0 for step in first)


def test_a_late_office_is_later_than_both_limits() -> None:
    """Its steps up to the answer take more than five workdays of office hours."""
    steps = list(fates.steps("solved", random.Random(3), late=True))
    upto = [step.action for step in steps].index("answer") + 1
    assert sum(step.hours for step in steps[:upto]) > 5 * 7


def test_names_say_that_they_are_simulated() -> None:
    """Whoever reads one knows."""
    rng = random.Random(1)
    assert all(words.name(rng).startswith("模拟·") for _n in range(50))
    assert len({words.phone(n) for n in range(1000)}) == 1000


def test_staff_work_in_office_hours() -> None:
    """Hours pass on workdays between 9 and 12, 14 and 18 only."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Shanghai")
    friday = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # 17:30 in the district
    done = clock.after_work_hours(friday, 1.5, lambda day: day.weekday() < 5, zone).astimezone(zone)
    assert (done.isoweekday(), done.hour, done.minute) == (1, 10, 0)


@pytest.mark.sqlite
@pytest.mark.long
def test_one_command_gives_a_district_at_work(tmp_path: Path) -> None:
    """Counts, roles that sign in, planted truths to be found; the second start is quick; Ctrl-C ends all."""
    built = demo(tmp_path, "--no-serve")
    assert built.wait(timeout=240) == 0, built.stdout.read() if built.stdout else ""
    told = json.loads((tmp_path / "demo" / "demo.json").read_text())
    counts = told["counts"]
    assert counts["requests"] >= 300 and counts["commands"] >= 2000 and counts["people"] >= 200
    assert {role["role"] for role in told["roles"]} >= {
        "resident",
        "community_secretary",
        "handler",
        "desk_clerk",
        "auditor",
    }
    assert all(len(truth["numbers"]) >= 10 for truth in told["truths"].values())
    began = time.monotonic()
    served = demo(tmp_path, "--port", "8741")
    try:
        sign_in(told["roles"][1]["path"], began)
    finally:
        os.killpg(served.pid, signal.SIGINT)
        assert served.wait(timeout=30) in {0, 130}
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False).stdout
    assert not left.strip()


def sign_in(path: str, began: float) -> None:
    """The page that a link opens, once the server answers."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:8741{path}", timeout=5) as answer:
                assert answer.status == 200
                assert "模拟数据" in answer.read().decode()
                return
        except OSError:
            assert time.monotonic() - began < 60
            time.sleep(0.3)


@pytest.mark.sqlite
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_build_that_is_cut_off_is_begun_anew(tmp_path: Path, how: Any) -> None:
    """Ctrl-C leaves nothing; after signal 9 the next start throws the half away."""
    cut = demo(tmp_path, "--no-serve")
    folder = tmp_path / "demo"
    until = time.monotonic() + 60
    while not (folder / "unfinished").exists() or not list(folder.glob("*.sqlite3")):
        assert time.monotonic() < until and cut.poll() is None
        time.sleep(0.05)
    os.killpg(cut.pid, how)
    cut.wait(timeout=30)
    if how == signal.SIGINT:
        assert not list(folder.iterdir())
        return
    assert (folder / "unfinished").exists()
    again = demo(tmp_path, "--no-serve")
    while (folder / "unfinished").exists() and again.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(again.pid, signal.SIGINT)
    again.wait(timeout=30)
    assert not (folder / "demo.json").exists()


@pytest.mark.sqlite
@pytest.mark.long
def test_the_others_fill_while_the_first_is_served(tmp_path: Path) -> None:
    """Progress is on the start page; signal 9 in the middle leaves no process, and the next start goes on where it was."""
    folder = tmp_path / "demo"
    assert demo(tmp_path, "--no-serve").wait(timeout=240) == 0
    first = json.loads((folder / "demo.json").read_text())
    assert [row["state"] for row in first["districts"]] == ["done", *["waiting"] * 4]
    served = demo(tmp_path, "--port", "8742")
    try:
        wait_for(folder, lambda rows: rows[1]["state"] == "living" and rows[1]["day"] >= 3)
        with urllib.request.urlopen("http://127.0.0.1:8742/", timeout=20) as answer:
            assert "<progress" in answer.read().decode()
    finally:
        os.kill(served.pid, signal.SIGKILL)
        served.wait(timeout=30)
    time.sleep(3)
    left = subprocess.run(["pgrep", "-f", "port 8742"], capture_output=True, text=True, check=False).stdout
    assert not left.strip()
    served = demo(tmp_path, "--port", "8742")
    try:
        rows = wait_for(folder, lambda rows: all(row["state"] == "done" for row in rows))
        story = json.loads((folder / "demo.json").read_text())
        assert {role["district"] for role in story["roles"]} == {row["code"] for row in rows}
        assert all(len(truth["numbers"]) >= 10 for row in rows for truth in row["truths"].values())
        assert story["counts"]["requests"] >= 2500 and story["counts"]["commands"] >= 15_000
    finally:
        os.killpg(served.pid, signal.SIGINT)
        assert served.wait(timeout=30) in {0, 130}


def wait_for(folder: Path, holds: Any, seconds: float = 900) -> Any:
    """The districts' rows of demo.json once something holds of them; the file is never half written."""
    until = time.monotonic() + seconds
    while True:
        rows = json.loads((folder / "demo.json").read_text())["districts"]
        if holds(rows):
            return rows
        assert time.monotonic() < until, [(row["pack"], row["state"], row["day"]) for row in rows]
        time.sleep(0.5)
