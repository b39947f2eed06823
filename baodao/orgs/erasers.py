"""Erasing a person takes the uid out of every appointment; that the post existed and when stays."""

from baodao.ledger.erasure import register_eraser

from .models import Post
from .policies import forget_tokens


def _posts(person: str, subjects: list[str]) -> int:
    forget_tokens(person)
    return Post.objects.filter(person=person).update(person="", note="")


register_eraser("posts", _posts)
