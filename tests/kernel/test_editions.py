"""Calendar editions in the database: loading, refusing, falling back to the guess, telling those who depend
on it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from baodao.kernel import epochs, jobs, services
from baodao.kernel.act import Act, system_act
from baodao.kernel.calendar import Day, Limit
from baodao.kernel.errors import Conflict, Invalid, KeyReused, Refused
from baodao.kernel.models import CalendarEdition, Job
from baodao.kernel.seed import seed_days
from baodao.kernel.selectors import current_calendar, days_of, edition_in_force
from baodao.kernel.services import EditionLoaded, load_edition
from baodao.ledger.selectors import facts_of

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
YEAR_2027 = [
    Day(date(2027, 1, 1), "holiday", "元旦"),
    Day(date(2027, 1, 2), "holiday", "元旦"),
    Day(date(2027, 1, 3), "holiday", "元旦"),
    Day(date(2027, 2, 8), "holiday", "春节"),
    Day(date(2027, 2, 20), "makeup", "春节"),
    Day(date(2027, 10, 1), "holiday", "国庆节"),
]


def load(code: str = "cn-2027", by: Act | None = None, **changed: Any) -> EditionLoaded:
    fields = {
        "published": date(2026, 11, 4),
        "source": "国办发明电〔2026〕1号",
        "years": [2027],
        "days": YEAR_2027,
    }
    return load_edition(by or system_act(NOW, f"calendar.load:{code}"), code=code, **{**fields, **changed})  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def fresh(db: None) -> Any:
    epochs.forget()
    yield
    epochs.forget()


@pytest.fixture
def seeded() -> None:
    call_command("calendar", "seed", stdout=open("/dev/null", "w"))  # noqa: SIM115


def test_before_any_edition_all_is_a_guess() -> None:
    assert edition_in_force() is None
    assert current_calendar().due(NOW, Limit(1, "workday")).provisional


def test_seeding_covers_the_years_of_the_package_and_twice_is_once(seeded: None) -> None:
    edition = edition_in_force()
    assert edition is not None
    assert edition.provisional_from == date(2027, 1, 1)
    assert days_of(edition.code) == seed_days()
    call_command("calendar", "seed", stdout=open("/dev/null", "w"))  # noqa: SIM115
    assert CalendarEdition.objects.count() == 1
    calendar = current_calendar()
    assert calendar.is_workday(date(2026, 2, 14))
    assert not calendar.due(NOW, Limit(5, "workday")).provisional


def test_a_new_year_replaces_the_guess_and_keeps_the_years_before(seeded: None) -> None:
    start = datetime(2027, 2, 5, 1, tzinfo=UTC)  # a Friday
    guess = current_calendar().due(start, Limit(1, "workday"))
    assert guess.provisional
    done = load()
    assert done == EditionLoaded("cn-2027", len(seed_days()) + len(YEAR_2027), date(2028, 1, 1))
    fixed = current_calendar().due(start, Limit(1, "workday"))
    assert not fixed.provisional
    assert fixed.at.date() == date(2027, 2, 9)
    assert guess.at.date() == date(2027, 2, 8)
    assert current_calendar().is_workday(date(2026, 2, 14))
    (fact,) = facts_of("calendar:cn-2027")
    assert fact.kind == "calendar.loaded"
    assert fact.data.provisional_from == "2028-01-01"
    assert fact.data.before == f"cn-2026-{fact.data.before.rsplit('-', 1)[1]}"


def test_a_correction_of_a_known_year_replaces_that_year_only(seeded: None) -> None:
    days = [d for d in seed_days() if d.date.year == 2026 and d.date != date(2026, 10, 10)]
    load("cn-2026-b", years=[2026], days=days)
    assert not current_calendar().is_workday(date(2026, 10, 10))
    assert current_calendar().provisional_from == date(2027, 1, 1)
    assert current_calendar().is_workday(date(2025, 10, 11))


def test_the_same_command_again_is_the_same_edition(seeded: None) -> None:
    assert load() == load()
    with pytest.raises(KeyReused):
        load(source="另一份")
    assert CalendarEdition.objects.count() == 2


def test_an_older_edition_or_a_used_code_is_a_conflict(seeded: None) -> None:
    load()
    with pytest.raises(Conflict, match="cn-2027"):
        load("cn-2028", published=date(2026, 11, 3), years=[2028], days=[])
    with pytest.raises(Conflict):
        load(by=system_act(NOW, "other"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "CN 2027"}, "code"),
        ({"source": " "}, "source"),
        ({"years": []}, "years"),
        ({"years": [2028], "days": [Day(date(2028, m, 1), "holiday") for m in (1, 10)]}, "years"),
        ({"days": YEAR_2027[:-1]}, "days"),
        ({"days": [*YEAR_2027, Day(date(2027, 3, 1), "makeup")]}, "days[2027-03-01]"),
        ({"days": [*YEAR_2027, Day(date(2028, 1, 1), "holiday")]}, "days[2028-01-01]"),
        ({"days": [*YEAR_2027, YEAR_2027[0]]}, "days[2027-01-01]"),
    ],
)
def test_a_wrong_list_is_refused_and_located(seeded: None, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(**{"by": system_act(NOW, "x"), **changed})
    assert field in [fault.field for fault in caught.value.faults]
    assert CalendarEdition.objects.count() == 1


def test_only_those_with_the_right_may_load() -> None:
    with pytest.raises(Refused):
        load(by=Act(kind="person", person="0" * 32, happened=NOW, noted=NOW, command="p"))
    assert CalendarEdition.objects.count() == 0


def test_a_file_of_a_published_year(seeded: None, tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    lines = [
        "日期,类型,名称",
        *(f"{d.date:%Y/%-m/%-d},{'休' if d.kind == 'holiday' else '班'},{d.name}" for d in YEAR_2027),
    ]
    path.write_text("\n".join(lines))
    arguments = [
        "calendar",
        "load",
        str(path),
        "--code",
        "cn-2027",
        "--published",
        "2026-11-04",
        "--source",
        "国办",
    ]
    call_command(*arguments, stdout=open("/dev/null", "w"))  # noqa: SIM115
    assert [d for d in days_of("cn-2027") if d.date.year == 2027] == YEAR_2027
    path.write_text("\n".join([*lines, "2027/13/1,休,", "2027/5/1,假,"]))
    with pytest.raises(Invalid) as caught:
        call_command(*[a.replace("cn-2027", "cn-2027-b") for a in arguments])
    assert [fault.field for fault in caught.value.faults] == ["row 8 日期", "row 9 类型"]
    with pytest.raises(Invalid, match="no such file"):
        call_command(
            "calendar", "load", "nowhere.csv", "--code", "a", "--published", "2026-11-04", "--source", "b"
        )


def test_listeners_hear_of_a_new_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_listeners", {})
    heard: list[tuple[str, datetime]] = []

    @services.on_new_edition("clocks")
    def recompute(edition: str, now: datetime) -> int:
        heard.append((edition, now))
        return 3

    load("cn-2027")
    assert heard == []
    while jobs.run_due(NOW):
        pass
    assert heard == [("cn-2027", NOW)]
    done = Job.objects.get(kind=services.ANNOUNCE)
    assert (done.state, done.result) == ("done", {"clocks": 3})


def test_an_edition_that_was_overtaken_before_the_worker_came_is_not_announced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "_listeners", {})
    heard: list[str] = []
    services.on_new_edition("clocks")(lambda edition, now: heard.append(edition) or 1)  # type: ignore[func-returns-value]
    load("cn-2027")
    load("cn-2027-b", published=date(2026, 11, 5))
    while jobs.run_due(NOW):
        pass
    assert heard == ["cn-2027-b"]


def test_a_refused_edition_queues_nothing() -> None:
    with pytest.raises(Invalid):
        load(source="")
    assert not Job.objects.exists()
