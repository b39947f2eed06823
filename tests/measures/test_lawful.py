"""What the compiler refuses, and the pure parts: intervals, ranks, periods, the version of a formula."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings as django_settings
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.declare import BadPack, load_pack
from baodao.kernel.errors import Invalid
from baodao.measures.declare import Measure
from baodao.measures.lawful import faults
from baodao.measures.period import parse, recent
from baodao.measures.results import enough
from baodao.measures.stats import order_interval, percentile, places, ranks, wilson

SOUND: dict[str, Any] = {
    "title": "按时", "kind": "share", "fact": "matter.settled", "direction": "up", "ranked": True,
    "denominator": {"says": "有时限的", "where": [{"field": "due", "given": True}]},
    "numerator": {"says": "没有晚的", "where": [{"field": "late", "yes": False}]},
}  # fmt: skip
COUNT = {"kind": "count", "numerator": None, "ranked": False, "direction": "none"}
TIME = {"kind": "percentile", "numerator": None, "value": "worked_2", "percent": [50]}


ASKED = {
    "kind": "sum", "fact": "matter.leg_called", "value": "asks.minutes", "of": "caller", "direction": "down",
    "numerator": None, "denominator": {"says": "叫到的"},
}  # fmt: skip


def wrong(**change: Any) -> list[tuple[str, str, str]]:
    """(key, reason, remedy) of the declaration with these changes."""
    found = faults(msgspec.convert(SOUND | change, Measure))
    return [(".".join(str(one) for one in path), reason, remedy) for path, reason, remedy in found]


def test_a_sound_measure_has_no_fault() -> None:
    assert wrong() == []
    assert wrong(**COUNT) == []
    assert wrong(**TIME, groups=["holder", "stage", "month"]) == []
    assert wrong(**ASKED) == []
    assert wrong(**ASKED | {"of": "org", "ranked": False, "direction": "none", "volume": True}) == []


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        ({"fact": "visit.recorded"}, "fact", "目的锁"),
        ({"fact": "mediation.closed"}, "fact", "目的锁"),
        ({"fact": "clue.received"}, "fact", "目的锁"),
        ({"fact": "occasion.told"}, "fact", "目的锁"),
        ({"fact": "notify.decided"}, "fact", "痕迹"),
        ({"fact": "people.signed_in"}, "fact", "痕迹"),
        ({"fact": "matter.setled"}, "fact", "没有叫"),
        ({"groups": ["person"]}, "groups", "个人"),
        ({"groups": ["post"]}, "groups", "个人"),
        ({"groups": ["colour"]}, "groups", "colour"),
        ({"volume": True, "direction": "none"}, "ranked", "工作量不能排名"),
        ({"volume": True, "ranked": False}, "direction", "没有好坏"),
        ({**COUNT, "fact": "matter.opened", "denominator": {"says": "件"}}, "volume", "工作量"),
        ({"direction": "none"}, "direction", "哪边是好"),
        ({"least": 5}, "least", "样本不到 10"),
        ({**COUNT, "ranked": True, "direction": "up"}, "ranked", "只数个数"),
        ({"numerator": None}, "numerator", "分子"),
        ({"where": [{"field": "person", "given": True}]}, "where.0.field", "不能看是谁"),
        ({"where": [{"field": "held.p-handler", "given": True}]}, "", ""),
        ({"where": [{"field": "people", "least": 1}]}, "where.0.field", "多少人"),
        ({"where": [{"field": "lat", "yes": True}]}, "where.0.field", "没有 lat"),
        ({"where": [{"field": "late"}]}, "where.0", "什么也没有说"),
        ({"where": [{"field": "late", "is": ["true"]}]}, "where.0", "只用于词"),
        ({"where": [{"field": "outcome", "least": 1}]}, "where.0", "只用于数"),
        ({"where": [{"field": "outcome", "until": "due"}]}, "where.0", "秒数"),
        ({**TIME, "value": "worked"}, "value", "两位有效数字"),
        ({**TIME, "value": "value"}, "value", "两位有效数字"),
        ({**TIME, "value": "outcome"}, "value", "不是数"),
        ({**TIME, "percent": []}, "percent", "percent"),
        ({"groups": ["holder"]}, "groups", "holder"),
        # Never rank those of whom something is asked, by nothing of theirs.
        (ASKED | {"of": "org"}, "ranked", "不能拿来排单位"),
        (ASKED | {"of": "org", "volume": True}, "ranked", "工作量不能排名"),
        (ASKED | {"of": "org", "ranked": False, "direction": "none"}, "volume", "合计只说有多少"),
        (ASKED | {"direction": "up"}, "direction", "不是成绩"),
        (ASKED | {"volume": True}, "volume", "工作量不能排名"),
        (ASKED | {"fact": "matter.settled", "value": "worked"}, "of", "没有是谁要的"),
        (ASKED | {"fact": "matter.settled", "value": "worked", "of": "org"}, "ranked", "不能拿来排单位"),
        (ASKED | {"fact": "visit.recorded"}, "fact", "目的锁"),
        (ASKED | {"fact": "gather.held", "of": "org", "value": "heads"}, "value", "多少人"),
        (ASKED | {"fact": "gather.held", "of": "org", "value": "phone"}, "value", "多少人"),
        (ASKED | {"fact": "gather.held", "of": "org", "value": "value"}, "value", "多少人"),
        (ASKED | {"fact": "order.met", "of": "org", "value": "value"}, "value", "多少人"),
        (ASKED | {"value": "asks.people"}, "value", "多少人"),
        (ASKED | {"groups": ["person"]}, "groups", "按个人"),
        (ASKED | {"groups": ["holder"]}, "groups", "holder"),
        (ASKED | {"value": "role"}, "value", "不是数"),
        (ASKED | {"value": "fields.minutes"}, "value", "哪一种事"),
        (ASKED | {"value": ""}, "value", "要写 value"),
        ({"kind": "sum", "fact": "matter.rated", "value": "value", "numerator": None}, "kind", "打星不能相加"),
        (
            {"kind": "sum", "value": "worked_2", "numerator": None, "ranked": False, "direction": "none", "volume": True},
            "value", "不能相加",
        ),
        ({"scale": 60}, "scale", "只用于 sum"),
    ],
)  # fmt: skip
def test_the_compiler_refuses(change: dict[str, Any], key: str, said: str) -> None:
    if not key:  # the grammar itself has no such name
        with pytest.raises(msgspec.ValidationError):
            wrong(**change)
        return
    found = wrong(**change)
    assert any(where == key and said in reason and remedy for where, reason, remedy in found), found


def test_the_whole_length_of_time_is_rounded_like_any_other() -> None:
    assert wrong(**(TIME | {"value": "value_2"})) == []


def test_two_kinds_cannot_be_joined() -> None:
    for more in ({"facts": ["matter.settled", "visit.recorded"]}, {"join": "visit.recorded"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(SOUND | more, Measure)


def test_a_pack_is_told_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    (folder / "odd").mkdir(parents=True)
    (folder / "base").symlink_to(Path(django_settings.PACKS) / "base")
    (folder / "odd" / "pack.toml").write_text(
        'extends = "base"\nsource = "assumed"\n[measure.response]\nfact = "visit.recorded"\n', "utf-8"
    )
    with override_settings(PACKS=str(folder)), pytest.raises(BadPack) as told:
        load_pack(folder / "odd")
    assert "odd/pack.toml:4 measure.response.fact" in told.value.as_text()


def test_the_version_follows_the_formula_and_not_its_words() -> None:
    one = msgspec.convert(SOUND, Measure)
    assert (
        msgspec.convert(SOUND | {"title": "别的", "unit": "个", "ranked": False}, Measure).formula()
        == one.formula()
    )
    assert msgspec.convert(SOUND | {"least": 20}, Measure).formula() != one.formula()
    assert msgspec.convert(SOUND | {"by": "now"}, Measure).formula() != one.formula()


# ── pure parts ──────────────────────────────────────────────────────────────────────────────────────────


def test_wilson_is_wilson() -> None:
    # E. B. Wilson's interval for 15 of 20, as in Newcombe 1998, table I (81/263 and 15/148).
    for hits, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 500), st.sampled_from([10, 50, 90]))
def test_ranks_hold_the_percentile(n: int, percent: int) -> None:
    low, high = ranks(n, percent)
    assert 0 <= low <= high <= n + 1
    p = percent / 100
    if n <= 400:
        inside = math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(low, high))
        assert inside >= 0.95 - 1e-9


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 99))
def test_a_percentile_is_a_value_with_enough_below(values: list[int], percent: int) -> None:
    counted = {value: values.count(value) for value in values}
    found = percentile(counted, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)
    low, high = order_interval(counted, percent)
    assert low is None or low <= found
    assert high is None or high >= found


def test_equal_values_share_a_place() -> None:
    values = [Fraction(1, 2), Fraction(3, 4), Fraction(2, 4), Fraction(1, 4)]
    assert places(values, up=True) == [(2, True), (1, False), (2, True), (4, False)]
    assert places(values, up=False)[3] == (1, False)


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6))
def test_nothing_small_is_left_by_subtracting(own: list[int]) -> None:
    tree = {"a": ("b", "c"), "b": ("d", "e"), "c": ("f",)}
    counts = dict(zip("abcdef", own, strict=True))

    def total(code: str) -> int:
        return counts[code] + sum(total(child) for child in tree.get(code, ()))

    totals = {code: total(code) for code in counts}
    told = enough(totals, lambda code: tree.get(code, ()), "defcba", 10)

    def shown(code: str) -> list[str]:
        return [one for child in tree.get(code, ()) for one in ([child] if child in told else shown(child))]

    for code in told:
        rest = totals[code] - sum(totals[child] for child in shown(code))
        assert totals[code] >= 10
        assert rest == 0 or rest >= 10


def test_periods() -> None:
    today = date(2026, 11, 22)
    assert parse("", today).name == "2026-11"
    assert (parse("2028-02", today).first, parse("2028-02", today).last) == (
        date(2028, 2, 1),
        date(2028, 2, 29),
    )
    assert (parse("2026-Q4", today).first, parse("2026-Q4", today).last) == (
        date(2026, 10, 1),
        date(2026, 12, 31),
    )
    assert (parse("2028-H1", today).first, parse("2028-H1", today).last) == (
        date(2028, 1, 1),
        date(2028, 6, 30),
    )
    assert parse("2026-H2", today).last == date(2026, 12, 31)
    assert recent(today)[-2:] == ["2026-H2", "2026-H1"]
    span = parse("2026-03-02..2026-03-02", today)
    assert span.end - span.start == parse("2026-03-03..2026-03-03", today).end - span.end
    assert parse("2026-03", today).start <= datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert recent(today)[:2] == ["2026-11", "2026-10"]
    assert "2026-Q4" in recent(today)
    for bad in (
        "2026-13",
        "2026-Q5",
        "2026-H3",
        "yesterday",
        "2026-03-05..2026-03-01",
        "0001-01",
        "2026-03-05..",
    ):
        with pytest.raises(Invalid):
            parse(bad, today)
