"""What a pack says about persons: purposes of reading personal data, and consents that a person can give.

In TOML (packs/base/people.toml; a person belongs to no organization, so that the base rules here)::

    [purpose.handle]
    title = "办理您反映的事情"

    [consent.notice_sms]
    title = "用短信通知我办理进展"
    text = "只发编号、进展和链接，不发内容。"
    version = "1"
"""

from collections.abc import Mapping, Sequence

import msgspec

from baodao.kernel.declare import get_pack, register_section

BASE = "base"


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody may read personal data; its title is what the person reads in "who looked at me"."""

    title: str
    title_en: str = ""
    source: str = ""


class ConsentKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A use that needs a yes. A new `version` of the words asks again."""

    title: str
    text: str = ""
    title_en: str = ""
    text_en: str = ""
    version: str = "1"
    source: str = ""


register_section("purpose", Purpose)
register_section("consent", ConsentKind)


def purposes() -> Mapping[str, Purpose]:
    """code → Purpose, in the order of declaration."""
    return get_pack(BASE).many(Purpose)


#: What a request of a resident, its contact and its texts are read for.
OF_MATTERS = ("handle", "reply", "safety", "review", "correct")
#: What names of members are read for by those who keep their records.
OF_MEMBERS = ("duty", "correct")
#: What rosters are kept, compared and given out for.
OF_ROSTERS = ("roster", "export", "duty", "correct")


def choices(codes: Sequence[str], lang: str) -> list[tuple[str, str]]:
    """(code, words) of the purposes that a page offers: those that fit what is read there, and of them what is declared.
    Source: 个人信息保护法 第六条, a purpose directly related to the handling."""
    known = purposes()
    return [
        (code, in_language(known[code].title, known[code].title_en, lang)) for code in codes if code in known
    ]


def consent_kinds() -> Mapping[str, ConsentKind]:
    """code → ConsentKind, in the order of declaration."""
    return get_pack(BASE).many(ConsentKind)


def in_language(zh: str, en: str, lang: str) -> str:
    """The words of a declaration in the reader's language."""
    return en if en and lang.startswith("en") else zh
