"""Finding and masking private numbers inside free text: phones, identity and bank card numbers, passports,
mail and chat names.

People write them with blanks, dashes, full-width or Chinese digits. All rules look at a shadow of the text
that has the same length, with digits and signs made plain, so that a hit's place is a place in the text.
Where form alone cannot decide, the rule leans towards masking a number too much: the text itself is kept, and
those with the right to contacts read it unmasked.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec
from stdnum import luhn
from stdnum.cn import ric

Kind = Literal["phone", "identity", "card", "passport", "mail", "chat"]


class Span(msgspec.Struct, frozen=True, order=True):
    """A private piece of a text: `text[start:end]`."""

    start: int
    end: int
    kind: Kind


# Provinces of GB/T 2260, with Hong Kong, Macao, Taiwan of residence permits (81–83).
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_DIGITS = ("〇零", "一壹幺", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_HAN = {han: str(digit) for digit, hans in enumerate(_DIGITS) for han in hans}
_GAPS = frozenset(
    " \t\u00a0\u2002\u2003\u2009\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"
    "-_\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
)
# "~" stands for any gap in the shadow; a masked "*" counts as part of a number.
_EDGE, _OVER = r"(?<![0-9*])", r"(?![0-9*])"
_GAP = "~{0,3}"

_MOBILE = re.compile(rf"{_EDGE}(?:\+?86~?|0086~?)?(1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}){_OVER}")
_MOBILE_HAN = re.compile(rf"1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])")
_DOTTED = re.compile(rf"{_EDGE}1[3-9][0-9]\.[0-9]{{4}}\.[0-9]{{4}}{_OVER}")
_LANDLINE = re.compile(
    rf"(?:{_EDGE}|(?<=86)|(?<=86~))[(]?0(?:10|2[0-9]|[3-9][0-9]{{2}})[)]?{_GAP}[2-8][0-9]{{2,3}}~?[0-9]{{4}}(?:~[0-9]{{1,5}})?{_OVER}"
)
_ABROAD = re.compile(rf"{_EDGE}\+[1-9][0-9]{{0,2}}(?:~?[0-9]){{7,12}}{_OVER}")
_LOCAL = re.compile(
    r"(?:电话|座机|热线|传真|联系方式|tel)[^0-9*]{0,6}([2-8][0-9]{2,3}~?[0-9]{4})(?![0-9*])", re.IGNORECASE
)
_IDENTITY = re.compile(rf"{_EDGE}([1-8](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx]|[1-8](?:{_GAP}[0-9]){{14}}){_OVER}")
_CARD = re.compile(rf"{_EDGE}([3-6](?:{_GAP}[0-9]){{15,18}}){_OVER}")
_PASSPORT = re.compile(
    r"(?:护照|通行证|回乡证|台胞证|居留证|passport)[^A-Za-z0-9*]{0,8}([A-Za-z]{1,2}~?[0-9]{7,8}|[0-9]{8})(?![0-9*])",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}\.[A-Za-z]{2,20}")
_CHAT = re.compile(
    r"(?:qq群|qq|微信群|微信|weixin|wechat|wx|vx)(?:账号|号码|号|id)?[:：是为~]{0,3}"
    r"([A-Za-z][A-Za-z0-9_~]{5,19}|[0-9]{5,12})(?![A-Za-z0-9*])",
    re.IGNORECASE,
)


def find_private(text: str) -> list[Span]:
    """All private pieces in order, not overlapping; of two that overlap the longer one stays."""
    if not text:
        return []
    taken: list[Span] = []
    for span in sorted(_candidates(text), key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return sorted(taken)


def has_private(text: str) -> bool:
    """Whether anything would be masked."""
    return bool(find_private(text))


def mask(text: str) -> str:
    """The text with every private piece shortened: 138****5678, 5001**********1X, 6222****0123,
    z***@example.com. Masking again changes nothing."""
    while spans := find_private(text):
        parts, at = [], 0
        for span in spans:
            parts += [text[at : span.start], _masked(text[span.start : span.end], span.kind)]
            at = span.end
        shorter = "".join([*parts, text[at:]])
        if shorter == text:
            break
        text = shorter
    return text


def _masked(piece: str, kind: Kind) -> str:
    if kind == "mail":
        name, _, host = piece.partition("@")
        return f"{name[0]}***@*{host[host.rindex('.') :]}"
    plain = "".join(c for c in _shadow(piece, han=True) if c.isalnum())
    if kind == "phone":
        plain = plain.removeprefix("0086") if len(plain) > 13 else plain
        plain = plain[2:] if len(plain) == 13 and plain.startswith("86") else plain
        return f"{plain[:3]}****{plain[-4:]}" if len(plain) >= 10 else f"****{plain[-2:]}"
    if kind == "identity":
        return f"{plain[:4]}{'*' * (len(plain) - 6)}{plain[-2:]}"
    if kind == "card":
        return f"{plain[:4]}****{plain[-4:]}"
    return f"{plain[:1]}****{plain[-1:]}"


def _shadow(text: str, han: bool = False) -> str:
    """Same length, with plain digits, "~" for blanks, dashes and invisible signs, and plain +().@X."""
    return text.translate(_PLAIN_HAN if han else _PLAIN)


class _Table(dict[int, str]):
    """For str.translate: learns each character once."""

    def __init__(self, han: bool) -> None:
        super().__init__()
        self.han = han

    def __missing__(self, code: int) -> str:
        c = chr(code)
        plain = _HAN[c] if self.han and c in _HAN else _plain(c)
        self[code] = plain
        return plain


def _plain(c: str) -> str:
    if c in _GAPS:
        return "~"
    if c.isascii():
        return c
    digit = unicodedata.decimal(c, None)
    if digit is not None:
        return str(digit)
    # Full-width forms are one character each way.
    return chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c


_PLAIN, _PLAIN_HAN = _Table(False), _Table(True)


def _candidates(text: str) -> Iterator[Span]:
    shadow = _shadow(text)
    for found in _MOBILE.finditer(shadow):
        if _reads_as_phone(found[1]):
            yield Span(found.start(), found.end(), "phone")
    for pattern in (_DOTTED, _LANDLINE, _ABROAD):
        for found in pattern.finditer(shadow):
            yield Span(found.start(), found.end(), "phone")
    for pattern, kind in _BY_WORD:
        for found in pattern.finditer(shadow):
            yield Span(found.start(1), found.end(1), kind)
    for found in _IDENTITY.finditer(shadow):
        if _is_identity(_bare(found[1])):
            yield Span(found.start(), found.end(), "identity")
    for found in _CARD.finditer(shadow):
        if luhn.is_valid(_bare(found[1])):
            yield Span(found.start(), found.end(), "card")
    if "@" in shadow:
        for found in _MAIL.finditer(_mail_shadow(text)):
            yield Span(found.start(), found.end(), "mail")
    yield from _in_words(text, shadow)


def _in_words(text: str, shadow: str) -> Iterator[Span]:
    """Mobile numbers with Chinese digits, all or some."""
    dressed = _shadow(text, han=True)
    for found in _MOBILE_HAN.finditer(dressed) if dressed != shadow else ():
        if _reads_as_phone(found[0]) and any(c in _HAN for c in text[found.start() : found.end()]):
            yield Span(found.start(), found.end(), "phone")


_BY_WORD: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_LOCAL, "phone"),
    (_PASSPORT, "passport"),
    (_CHAT, "chat"),
)


def _mail_shadow(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)


def _bare(shadow: str) -> str:
    return shadow.replace("~", "").upper()


def _reads_as_phone(shadow: str) -> bool:
    """Whether the gaps are such as people put into a phone number: none, between single digits, or around a
    group of four or more. "13-15 16-18 19-20 1" (house numbers, hours) is none."""
    sizes = [len(group) for group in re.split("~+", shadow)]
    return len(sizes) == 1 or max(sizes) >= 4 or sizes == [1] * 11 or sizes in ([3, 3, 3, 2], [3, 2, 2, 2, 2])


def _is_identity(number: str) -> bool:
    """Checksum by GB 11643, or a plausible province and day of birth: a mistyped number is private too."""
    if not _PROVINCES.match(number):
        return False
    if len(number) == 18:
        return ric.calc_check_digit(number[:17]) == number[-1] or _is_day(number[6:14])
    return _is_day("19" + number[6:12])


def _is_day(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year <= 2100
    except ValueError:
        return False
