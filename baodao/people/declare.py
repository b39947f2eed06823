"""What a pack says about persons: purposes of reading personal data, and consents that a person can give.

In TOML::

    [purpose.handle]
    title = "办理您反映的事情"

    [consent.notice_sms]
    title = "用短信通知我办理进展"
    text = "只发编号、进展和链接，不发内容。"
    version = "1"
"""

import msgspec


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody may read personal data; `title` is what the person reads in "who looked at my
    information"."""

    title: str
    title_en: str = ""
    source: str = "assumed"


class ConsentKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A use that needs a yes. A new `version` of the words asks again."""

    title: str
    text: str = ""
    title_en: str = ""
    text_en: str = ""
    version: str = "1"
    source: str = "assumed"


# The base that every district starts from; a pack may add, and may reword by the same code.
_PURPOSES = {
    "handle": Purpose("办理您反映的事情", "Handling your request"),
    "reply": Purpose("联系您、答复您", "Contacting you with an answer"),
    "notify": Purpose("给您发通知", "Sending you a notice"),
    "safety": Purpose("有人身危险，紧急联系", "Danger to life: urgent contact"),
    "review": Purpose("核查办理质量", "Checking how the work was done"),
    "correct": Purpose("应您的要求更正资料", "Correcting your data as you asked"),
    "export": Purpose("导出办理清单", "Exporting a list of work"),
    "erase": Purpose("应您的要求删除资料", "Erasing your data as you asked"),
}
_CONSENTS = {
    "notice_sms": ConsentKind(
        "用短信通知我办理进展",
        "短信里只有编号、办到哪一步和链接，不写事情的内容。随时可以关掉。",
        "Text me about progress",
        "A message holds number, step and link, never what it is about. Switch it off at any time.",
    ),
    "notice_email": ConsentKind(
        "用电子邮件通知我办理进展",
        "邮件里只有编号、办到哪一步和链接，不写事情的内容。随时可以关掉。",
        "E-mail me about progress",
        "A message holds number, step and link, never what it is about. Switch it off at any time.",
    ),
    "ask_again": ConsentKind(
        "事情办完后可以再联系我，问问结果好不好",
        "最多联系一次。不回答不算满意，也不影响您。",
        "Contact me once more after the end to ask how it went",
        "Once at most. No answer is never taken as satisfied.",
    ),
}


def purposes() -> dict[str, Purpose]:
    """code → Purpose, in the order of the page."""
    return _PURPOSES


def consent_kinds() -> dict[str, ConsentKind]:
    """code → ConsentKind, in the order of the page."""
    return _CONSENTS


def in_language(zh: str, en: str, lang: str) -> str:
    """The words of a declaration in the reader's language."""
    return en if en and lang.startswith("en") else zh
