"""The words of messages: plain, with a number, a step and a date; never what a request is about.

A message that lacks a parameter falls back to the shortest true sentence rather than to a broken one.
"""

from datetime import date, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.jinja import day, moment
from baodao.ledger.audience import register_template, template_words
from baodao.orgs.selectors import name_of

from .models import Notice

DIGEST = "notify.digest"
FALLBACK = "notify.news"
PLAIN = "notify.plain"

register_template(FALLBACK, gettext_lazy("您的 {number} 有新进展。"))
register_template(PLAIN, gettext_lazy("您有一条新消息。"))
register_template(DIGEST, gettext_lazy("昨天还有 {count} 条进展没有逐条发给您，请打开查看。"))


def say(template: str, number: str, params: dict[str, str]) -> str:
    """The sentence of a message in the active language."""
    values = {name: _in_words(name, value) for name, value in params.items()} | {"number": number}
    fallback = FALLBACK if number else PLAIN
    for code in (template, fallback):
        try:
            return str(template_words(code)).format_map(values)
        except (KeyError, IndexError, ValueError):
            continue
    return str(template_words(PLAIN))


def _in_words(name: str, value: str) -> str:
    if name in {"org", "from_org", "to_org"}:
        return name_of(value) or value
    try:
        if name in {"day", "due"}:
            return day(date.fromisoformat(value))
        if name == "moment":
            return moment(datetime.fromisoformat(value.replace("Z", "+00:00")))
    except ValueError:
        return value
    return value


def sentence_of(notice: Notice) -> str:
    """The sentence of a stored notice in the active language."""
    return say(notice.template, notice.number, msgspec.json.decode(notice.params, type=dict[str, str]))


def url_of(link: str) -> str:
    """The full address of a path of the product, as outsiders must call it."""
    return settings.BASE_URL.rstrip("/") + link if link else settings.BASE_URL.rstrip("/") + "/"


class Text(msgspec.Struct, frozen=True):
    """What is sent: a subject (e-mail only) and a body."""

    subject: str
    body: str


def compose(notice: Notice, sign: str, lang: str) -> Text:
    """Subject and body for the notice's channel in the person's language."""
    with translation.override(lang):
        sentence = sentence_of(notice)
        if notice.channel == "sms":
            return Text("", f"【{sign}】{sentence}{url_of(notice.link)}")
        foot = _("不想再收到邮件，可以在“我的资料 → 通知”里关掉。")
        subject = f"【{sign}】{notice.number}" if notice.number else f"【{sign}】{sentence}"
        return Text(subject, f"{sentence}\n\n{url_of(notice.link)}\n\n{foot}\n")


def plain_error(code: str) -> Any:
    """A parked notice's reason in words."""
    return _ERRORS.get(code, code)


_ERRORS = {
    "perhaps_sent": gettext_lazy("发送时程序中断，不能确定是否已经发出"),
    "refused": gettext_lazy("对方系统拒收"),
    "no_answer": gettext_lazy("发出后没有得到答复，不能确定是否已经收到"),
    "unreachable": gettext_lazy("多次连不上发送通道"),
}
