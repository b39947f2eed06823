"""The paper slip's code: whoever has number and code stands for the household. Derived from the installation's pepper,
stored nowhere; 39 bits, so pages limit the tries."""

import hmac

from baodao.people.vault import pepper

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXY"


def code_of(household: str) -> str:
    """The code printed on the slip, "ABCD-2345"."""
    n, letters = int.from_bytes(pepper("household", household)), []
    for _place in range(8):
        n, rest = divmod(n, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def matches(household: str, typed: str) -> bool:
    """Whether a typed code is the one of this household; blanks, dashes and case do not matter."""
    clean = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    return hmac.compare_digest(clean, code_of(household).replace("-", ""))
