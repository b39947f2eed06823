"""Every write to dues. Facts first; rows are their caches."""

from collections.abc import Sequence

from baodao.kernel.verbs import Tx

from .models import Met as MetRow
from .ports import Met


def note(tx: Tx, mets: Sequence[Met]) -> None:
    """What the command that is being written meets: called inside the verb of the app whose fact it is."""
    for met in mets:
        tx.upsert(MetRow, ("requirement", "subject", "ref"), **columns(met))


def unnote(tx: Tx, ref: str) -> None:
    """A record meets nothing any more (corrected, taken back). Not together with `note` of the same ref in one command: use `renote`."""
    tx.delete(MetRow, ref=ref)


def renote(tx: Tx, ref: str, mets: Sequence[Met]) -> None:
    """A record was corrected: it meets just these. One statement; each row is touched once."""
    keep = {(met.requirement, met.subject) for met in mets}
    for requirement, subject in MetRow.objects.filter(ref=ref).values_list("requirement", "subject"):
        if (requirement, subject) not in keep:
            tx.delete(MetRow, requirement=requirement, subject=subject, ref=ref)
    note(tx, mets)


def columns(met: Met) -> dict[str, object]:
    """A `Met` as model columns."""
    return {
        "requirement": met.requirement, "subject": met.subject, "day": met.day, "ref": met.ref,
        "amount": met.amount, "made_up": met.made_up,
    }  # fmt: skip
