"""A person's own household: what she takes with her, and who can see it. And who needs grids and buildings."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baodao.orgs.powers.seeing import seers_of
from baodao.people.ports import Seer, register_my_data, register_seers
from baodao.places.uses import register_use

from .models import Household
from .policies import READ, of
from .selectors import in_buildings, in_grids, own_codes, told, wholes


def my_data(person: str) -> Any:
    """Every line of every household that she keeps at hand."""
    return [
        {
            "household": code,
            "lines": [
                {"field": line.field, "text": said[line.n].text if line.n in said else "", "why": line.why,
                 "until": line.until.isoformat(), "written": line.written.isoformat(), "post": line.post}
                for line in whole.lines.values()
            ],
        }
        for code, whole in wholes(own_codes(person)).items()
        if (said := told(whole)) is not None
    ]  # fmt: skip


def seers(person: str) -> Iterator[Seer]:
    """Posts of the community that work with households."""
    codes = own_codes(person)
    homes = Household.objects.filter(code__in=codes).order_by("code") if codes else ()
    for org, code in {str(row.org_id): row.code for row in homes}.items():
        why, what = _("您家的登记归这个社区联系"), _("您家登记的内容")
        yield from seers_of(READ, of(code, org), why, what)


def _words(counts: dict[str, int]) -> dict[str, str]:
    return {code: _("%(n)d 户登记") % {"n": n} for code, n in counts.items()}


register_my_data("households", my_data)
register_seers("households", seers)
register_use("grid", "households", lambda codes: _words(in_grids(codes)))
register_use("building", "households", lambda codes: _words(in_buildings(codes)))
