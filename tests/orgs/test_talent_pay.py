"""Pay of local talents by rule."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from baodao.orgs.talents.declare import TalentPay
from baodao.orgs.talents.pay import pay_of

RULE = TalentPay(year=360_000, most=600_000, basis="规则", steps={"taught": 20_000})


def test_months_steps_and_the_most() -> None:
    since = date(2026, 3, 15)
    assert pay_of(RULE, since, None, [], 2026) == 300_000
    assert pay_of(RULE, since, date(2026, 5, 2), [], 2026) == 90_000
    assert (
        pay_of(RULE, since, None, [("taught", date(2026, 6, 1)), ("taught", date(2025, 6, 1))], 2026)
        == 320_000
    )
    assert pay_of(RULE, since, None, [("taught", date(2027, 6, 1))] * 30, 2027) == 600_000
    assert pay_of(RULE, since, None, [], 2025) == 0


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 3000), st.integers(2019, 2031))
def test_never_more_than_the_rule_and_never_less_for_longer(since: date, days: int, year: int) -> None:
    until = date.fromordinal(since.toordinal() + days)
    short, whole = pay_of(RULE, since, until, [], year), pay_of(RULE, since, None, [], year)
    assert 0 <= short <= whole <= RULE.year
