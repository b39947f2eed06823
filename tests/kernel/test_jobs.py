"""Jobs: progress, cancel, failure, dead workers, and two workers at one queue."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from baodao.kernel import jobs
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, KeyReused, Missing
from baodao.kernel.models import Evidence, Job

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
PERSON = "a" * 32


def act(command: str = "c1", person: str = PERSON) -> Act:
    return Act(kind="person", person=person, happened=NOW, noted=NOW, command=command, lang="en")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this file's kinds, and a heartbeat at every checkpoint."""
    monkeypatch.setattr(jobs, "_kinds", {})
    monkeypatch.setattr(jobs, "_discover", lambda: None)
    monkeypatch.setattr(jobs, "EVERY", 0.0)


def test_a_job_runs_once_with_its_arguments_and_its_starter(db: None) -> None:
    seen: list[Any] = []

    @jobs.job("count")
    def count(running: jobs.Running, args: dict[str, Any]) -> dict[str, Any]:
        for n in range(3):
            running.progress(n, 3, f"row {n}")
            row = Job.objects.get()
            seen.append((row.state, row.done, row.total, row.message))
        seen.append(running.by)
        return {"sum": args["a"] + 1}

    job = jobs.start("count", {"a": 1}, act())
    assert (job.state, job.owner, jobs.args_of(job)) == ("waiting", PERSON, {"a": 1})
    assert jobs.run_due(NOW) == 1
    assert jobs.run_due(NOW) == 0
    assert seen == [("running", n, 3, f"row {n}") for n in range(3)] + [act()]
    job.refresh_from_db()
    assert (job.state, job.result, job.started) == ("done", {"sum": 2}, NOW)
    assert job.finished is not None


def test_the_same_command_is_the_same_job(db: None) -> None:
    jobs.job("a")(lambda running, args: None)
    first = jobs.start("a", {"x": 1}, act())
    assert jobs.start("a", {"x": 1}, act()).id == first.id
    with pytest.raises(KeyReused):
        jobs.start("a", {"x": 2}, act())
    assert Job.objects.count() == 1
    with pytest.raises(KeyError, match="no job b; there are: a"):
        jobs.start("b", {}, act("c2"))


def test_only_its_owner_sees_and_cancels_a_job(db: None) -> None:
    jobs.job("a")(lambda running, args: None)
    job = jobs.start("a", {}, act())
    with pytest.raises(Missing):
        jobs.job_of(job.id, "b" * 32)
    with pytest.raises(Missing):
        jobs.cancel(job.id, "", NOW)
    assert jobs.jobs_of(PERSON) == [job]
    assert jobs.jobs_of(PERSON, "other") == []
    assert jobs.jobs_of("b" * 32) == []


def test_a_waiting_job_is_cancelled_at_once(db: None) -> None:
    ran: list[int] = []
    jobs.job("a")(lambda running, args: ran.append(1))  # type: ignore[func-returns-value]
    job = jobs.start("a", {}, act())
    assert jobs.cancel(job.id, PERSON, NOW).state == "cancelled"
    assert jobs.run_due(NOW) == 0
    assert ran == []
    with pytest.raises(Conflict):
        jobs.cancel(job.id, PERSON, NOW)


def test_a_running_job_stops_at_its_next_checkpoint(db: None) -> None:
    steps: list[int] = []

    @jobs.job("a")
    def run(running: jobs.Running, args: dict[str, Any]) -> None:
        for n in range(5):
            running.progress(n, 5)
            steps.append(n)
            if n == 1:
                assert jobs.cancel(running.id, PERSON, NOW).state == "running"

    job = jobs.start("a", {}, act())
    assert jobs.run_due(NOW) == 1
    job.refresh_from_db()
    assert (job.state, job.done, steps) == ("cancelled", 1, [0, 1])


def test_checkpoints_write_at_most_once_a_second(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(jobs, "EVERY", 1.0)
    row = Job(id="x", state="running", created=NOW, heartbeat=NOW)
    row.save()
    running = jobs.Running(row, act(), NOW)
    with django_assert_num_queries(1):
        for n in range(100):
            running.progress(n, 100)
    with django_assert_num_queries(1):
        running.progress(100, 100, force=True)


def test_a_problem_is_told_and_another_error_named_by_class_only(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    @jobs.job("bad")
    def bad(running: jobs.Running, args: dict[str, Any]) -> None:
        raise Invalid.of("file", "坏了", "换一个")

    @jobs.job("worse")
    def worse(running: jobs.Running, args: dict[str, Any]) -> None:
        raise ValueError("13812345678")

    first, second = jobs.start("bad", {}, act()), jobs.start("worse", {}, act("c2"))
    while jobs.run_due(NOW):
        pass
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == second.state == "failed"
    assert first.result == {
        "faults": [{"field": "file", "reason": "坏了", "remedy": "换一个", "label": "", "href": ""}]
    }
    assert "ValueError" in second.message
    assert "13812345678" not in second.message + caplog.text


def stale(idempotent: bool, **options: Any) -> Job:
    jobs.job("a", idempotent=idempotent, **options)(lambda running, args: {"again": True})
    job = jobs.start("a", {}, act())
    Job.objects.update(state="running", heartbeat=NOW)
    return job


def test_a_dead_worker_s_job_is_begun_anew_only_if_idempotent(db: None) -> None:
    job = stale(idempotent=True)
    assert jobs.run_due(NOW + jobs.STALE) == 0
    assert jobs.run_due(NOW + jobs.STALE + timedelta(seconds=1)) == 1
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"again": True})


def test_a_patient_job_may_be_silent_for_longer(db: None) -> None:
    job = stale(idempotent=True, patience=timedelta(hours=1))
    assert jobs.run_due(NOW + timedelta(hours=1)) == 0
    job.refresh_from_db()
    assert job.state == "running"
    assert jobs.run_due(NOW + timedelta(hours=1, seconds=1)) == 1


def test_a_dead_worker_s_other_job_has_failed(db: None) -> None:
    job = stale(idempotent=False)
    assert jobs.run_due(NOW + jobs.STALE + timedelta(seconds=1)) == 0
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.message


def test_a_job_that_kills_its_workers_is_not_begun_for_ever(db: None) -> None:
    job = stale(idempotent=True)
    begun = 0
    for n in range(1, 10):
        now = NOW + n * (jobs.STALE + timedelta(seconds=1))
        jobs._settle_stale(now)
        begun += Job.objects.filter(state="waiting").update(state="running", heartbeat=now)
    job.refresh_from_db()
    assert begun == jobs.TRIES - 1
    assert job.state == "failed"


def test_a_dead_worker_s_cancelled_job_is_cancelled(db: None) -> None:
    job = stale(idempotent=True)
    jobs.cancel(job.id, PERSON, NOW)
    jobs.run_due(NOW + jobs.STALE + timedelta(seconds=1))
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_worker_that_lost_its_job_learns_so_and_writes_nothing(db: None) -> None:
    reached: list[str] = []

    @jobs.job("a")
    def run(running: jobs.Running, args: dict[str, Any]) -> None:
        running.progress(1, 9)
        Job.objects.update(heartbeat=NOW + timedelta(days=1), done=7)  # another worker
        reached.append("before")
        running.progress(2, 9)
        reached.append("after")

    job = jobs.start("a", {}, act())
    assert jobs.run_due(NOW) == 1
    job.refresh_from_db()
    assert reached == ["before"]
    assert (job.state, job.done) == ("running", 7)


def test_finished_jobs_are_forgotten_by_owner_or_age(db: None) -> None:
    jobs.job("a")(lambda running, args: None)
    for n in range(3):
        jobs.start("a", {}, act(f"c{n}", PERSON if n else "b" * 32))
        jobs.run_due(NOW)
    jobs.start("a", {}, act("c9"))
    assert jobs.forget_jobs(PERSON) == 2
    assert jobs.forget_jobs(before=NOW - timedelta(days=1)) == 0
    assert {j.state for j in Job.objects.all()} == {"done", "waiting"}
    with pytest.raises(ValueError, match="whose"):
        jobs.forget_jobs()


def test_the_hourly_beat_forgets_what_is_old(db: None, settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    Job.objects.create(id="old", kind="a", state="done", created=NOW, finished=NOW)
    Job.objects.create(id="new", kind="a", state="done", created=NOW, finished=NOW + timedelta(days=1))
    Evidence.objects.create(hash="a" * 64, media_type="image/jpeg", size=1, created=NOW)
    assert jobs.tidy(NOW + timedelta(days=30, seconds=1)) == 2
    assert [row.id for row in Job.objects.all()] == ["new"]
    assert not Evidence.objects.exists()


def test_two_workers_never_run_one_job_twice(committed_db: Any) -> None:
    ran: list[int] = []
    jobs.job("a")(lambda running, args: ran.append(args["n"]))  # type: ignore[func-returns-value]
    for n in range(30):
        jobs.start("a", {"n": n}, act(f"c{n}"))
    barrier = threading.Barrier(3)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait(10)
            while jobs.run_due(NOW) or Job.objects.filter(state="waiting").exists():
                pass
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert sorted(ran) == list(range(30))
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
