"""Characters of a text, one to three in a row: the only way in which training and inference cut a text, so that
both see the same."""

from __future__ import annotations

import re
import unicodedata

from baodao.kernel.text import mask

LONGEST = 3
#: Beyond this a letter repeats itself; it also bounds the work for one page.
MOST = 6000
_BLANKS = re.compile(r"\s+")


def normal(text: str) -> str:
    """One form for a text: private numbers masked, full-width signs and case folded (NFKC), blanks as one."""
    folded = unicodedata.normalize("NFKC", mask(text[:MOST])).lower()
    return _BLANKS.sub(" ", folded).strip()[:MOST]


def grams(text: str) -> list[str]:
    """All runs of one to three characters of a text in `normal` form, repeats kept."""
    length = len(text)
    return [text[at : at + n] for n in range(1, LONGEST + 1) for at in range(length - n + 1)]
