"""What a page or a call asks, read from its query: organization, period, origin, position, group."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Refused
from baodao.kernel.typed import whole_number
from baodao.orgs.selectors import today

from .declare import ORIGINS
from .period import parse
from .policies import readable
from .results import Question


def question_of(by: Act, asked: Mapping[str, str], name: str = "") -> Question:
    """The question of a query; what is left open: the reader's own organization, this month, live facts (simulated
    ones in a demonstration), now."""
    org = asked.get("org", "")[:32] or _own(by)
    origin = asked.get("origin", "") or ("simulated" if settings.DEMO else "live")
    if origin not in ORIGINS:
        raise Invalid.of("origin", _("没有这种来源"), _("写 live、import、paper 或 simulated"))
    return Question(
        name=name,
        org=org,
        period=parse(asked.get("period", "")[:30], today()),
        origin=origin,
        position=_number(asked.get("position", ""), "position"),
        group=asked.get("group", "")[:20],
    )


def _own(by: Act) -> str:
    held = readable(by)
    own = next((grant.org for grant in by.grants if grant.post == by.post and grant.org in held), "")
    if not held:
        raise Refused.of("", _("您的岗位不看指标"), _("请由单位负责人或督办员打开"))
    return own or held[0]


def _number(text: str, field: str) -> int | None:
    if not text:
        return None
    number = whole_number(text)
    if number is None:
        raise Invalid.of(field, _("要写一个整数"), _("例如 184221"))
    return number


def before_of(asked: Mapping[str, str]) -> int:
    """Where a page of rows goes on."""
    return _number(asked.get("before", ""), "before") or 2**62
