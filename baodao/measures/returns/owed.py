"""A return as a due: a form that the pack asks for by a rhythm is owed, reminded of and handed over like all else that is owed. A
requirement with ``met_by = "return.signed"`` names the form in ``counts_if``; what a signature met stands in its fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.dues.ports import Met, Record, register_records, register_source
from baodao.dues.selectors import proposals
from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.ledger.selectors import Recorded
from baodao.orgs.selectors import pack_of

from .declare import ReturnForm
from .facts import Signed
from .filling import period_of
from .fold import State
from .models import Return
from .policies import READ, may

KIND = "return.signed"


def met_by(state: State, every: str, day: date) -> tuple[str, ...]:
    """Requirements that signing meets on a day: those of its form, when it is of the period that ended last. At most four statements, none for a form without a rhythm."""
    if not every or state.last != period_of(every, day).first - timedelta(days=1):
        return ()
    found = proposals(state.org, day, frozenset({state.form}), KIND)
    return tuple(one.requirement for one in found if one.subject == f"org:{state.org}")


def mets(number: str, org: str, day: date, names: Iterable[str]) -> list[Met]:
    """What a signature met, for `dues.services.note`."""
    return [Met(name, f"org:{org}", day, f"return:{number}") for name in names]


def _read(fact: Recorded) -> Iterable[Met]:
    data = fact.data
    assert isinstance(data, Signed)
    day = date.fromisoformat(data.met_on) if data.meets else date.min
    return mets(fact.subject.partition(":")[2], fact.org, day, data.meets)


register_source(KIND, _read)


def records(by: Act, whose: Mapping[str, str]) -> dict[str, Record]:
    """Signed returns by number: the pack's name of the form and the last day of its period. One statement."""
    found, lang = {}, translation.get_language() or ""
    for row in Return.objects.filter(number__in=list(whose)):
        form = get_pack(pack_of(str(row.org_id))).many(ReturnForm, lang).get(row.form)
        org = str(row.org_id)
        opens = may(by, READ, org, row.number)
        href = reverse("desk:return", kwargs={"number": row.number}) if opens else ""
        found[row.number] = Record(form.title if form is not None else _("上报表"), row.last, href)
    return found


register_records("return", records)
