"""An erased person's tokens go."""

from baodao.ledger.erasure import register_eraser

from .models import ApiToken


def _erase(person: str, subjects: list[str]) -> int:
    count, _each = ApiToken.objects.filter(person=person).delete()
    return count


register_eraser("api_tokens", _erase)
