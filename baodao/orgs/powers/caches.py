"""What `baodao dump` prints of powers. A waiting request prints without its body."""

from baodao.ledger.caches import register_state
from baodao.ledger.erasure import register_eraser

from .models import Deputy, Opening, Waiting

register_state(Deputy, key=("code",))
register_state(Opening, key=("code",))
register_state(Waiting, key=("code",), exclude=("body",))


def _openings(person: str, subjects: list[str]) -> int:
    """Who read is a uid here: it goes with its person; that a post read it stays. Requests may hold anybody's words."""
    gone, _by_model = Waiting.objects.all().delete()
    return gone + Opening.objects.filter(person=person).update(person="")


register_eraser("powers", _openings)
