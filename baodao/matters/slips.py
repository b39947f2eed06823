"""The paper slip's code: whoever has number and code stands for the reporter. Derived from the installation's
pepper, stored nowhere; 8 characters of 31 that are not mistaken for each other (39 bits), so pages limit the
tries."""

from __future__ import annotations

import hmac

from baodao.people.vault import pepper

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
LENGTH = 8


def code_of(number: str) -> str:
    """The code printed on the slip of a matter, "ABCD-2345"."""
    n = int.from_bytes(pepper("slip", number))
    letters = []
    for _place in range(LENGTH):
        n, rest = divmod(n, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def matches(number: str, typed: str) -> bool:
    """Whether a typed code is the one of this number; blanks, dashes and case do not matter."""
    clean = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    return hmac.compare_digest(clean, code_of(number).replace("-", ""))
