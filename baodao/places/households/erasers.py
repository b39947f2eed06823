"""Erasing a person: her contact line goes, her household is at hand no longer; when nobody else keeps it at hand, all that
is written of it goes too."""

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .models import Household, HouseholdLine, HouseholdMember


def _alone(person: str) -> list[str]:
    tokens = list(tokens_of(person).values())
    mine = set(HouseholdMember.objects.filter(token__in=tokens).values_list("household_id", flat=True))
    others = HouseholdMember.objects.filter(household__in=mine).exclude(token__in=tokens)
    return sorted(str(code) for code in mine - set(others.values_list("household_id", flat=True)))


def _subjects(person: str) -> list[str]:
    return [f"household:{code}" for code in _alone(person)]


def _households(person: str, subjects: list[str]) -> int:
    tokens, alone = list(tokens_of(person).values()), _alone(person)
    count = HouseholdLine.objects.filter(household__in=alone).delete()[0]
    count += Household.objects.filter(code__in=alone).update(building="", mark=None)
    count += HouseholdLine.objects.filter(token__in=tokens).delete()[0]
    return count + HouseholdMember.objects.filter(token__in=tokens).delete()[0]


register_eraser("households", _households, subjects=_subjects, order=30)
