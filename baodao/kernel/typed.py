"""Numbers as people type them, and as addresses carry them. Full-width digits (１２, what many a keyboard for Chinese gives) are digits;
others that Unicode calls so (²) are none: `int` refuses them."""

#: More than any number of a fact, a row or a second; every database compares it.
LARGEST = 2**53 - 1
#: Seconds since 1970 of a day in the year 5138: no moment in an address lies behind it.
FAR = 10**11


#: １２ → 12; nothing else of Unicode's compatible forms (² or ① are no digits where a number is asked).
_PLAIN = {0xFF10 + digit: str(digit) for digit in range(10)}


def whole_number(text: str) -> int | None:
    """The whole number that a text is, blanks around it aside: 0 to LARGEST; None for anything else."""
    plain = text[:40].translate(_PLAIN).strip()
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 16:
        return None
    return number if (number := int(plain)) <= LARGEST else None


def digits_of(text: str) -> str:
    """The digits of a typed code, whatever stands between them."""
    plain = text[:200].translate(_PLAIN)
    return "".join(sign for sign in plain if sign.isascii() and sign.isdigit())
