"""Erasing a person: the rows drawn from her matters. A model keeps n-grams of at least three texts and no text: the
next training does not see hers any more."""

from __future__ import annotations

from baodao.ledger.erasure import register_eraser

from .caches import forget


def _model_data(person: str, subjects: list[str]) -> int:
    return forget([name.partition(":")[2] for name in subjects if name.startswith("matter:")])


register_eraser("model_data", _model_data, order=25)
