"""A person's own household: what she takes with her, and who can see it. And who needs grids and buildings."""

from typing import Any

from django.utils.translation import gettext as _

from baodao.orgs import selectors as orgs
from baodao.people.ports import Seer, register_my_data, register_seers
from baodao.places.uses import register_use

from .models import Household
from .policies import READ
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


def seers(person: str) -> list[Seer]:
    """Posts of the community that work with households."""
    codes = own_codes(person)
    if not codes:
        return []
    homes = Household.objects.filter(code__in=codes).values_list("org_id", flat=True)
    posts = orgs.posts_with(READ, sorted({str(org) for org in homes}), orgs.today())
    why = _("您家的登记归这个社区联系")
    return [Seer(orgs.name_of(str(post.org_id)), post.title, why, _("您家登记的内容")) for post in posts]


def _words(counts: dict[str, int]) -> dict[str, str]:
    return {code: _("%(n)d 户登记") % {"n": n} for code, n in counts.items()}


register_my_data("households", my_data)
register_seers("households", seers)
register_use("grid", "households", lambda codes: _words(in_grids(codes)))
register_use("building", "households", lambda codes: _words(in_buildings(codes)))
