"""Words of members' service for people."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

from .halves import Half

ROLES = {"linked": _("单位结对的社区"), "home": _("居住地")}
SHOWN = {"name": _("姓名"), "unit": _("单位"), "hours": _("服务时长")}
STATES = {"told": _("等社区确认"), "confirmed": _("社区已确认"), "otherwise": _("社区说不是这样")}
STANDS = {"vacant": _("空着"), "held": _("有人"), "lapsed": _("该记实绩了"), "ended": _("撤了")}
CUTS = {
    "rule": _("这一条本半年到顶了"), "half": _("本半年总分到顶了"), "expired": _("过了有效期"),
    "exempt": _("本半年不参加"),
}  # fmt: skip


def half_words(half: Half) -> str:
    """A half-year as people say it."""
    if half.n == 1:
        return str(_("%(year)d 年上半年") % {"year": half.year})
    return str(_("%(year)d 年下半年") % {"year": half.year})


_RIGHTS = {
    "service.*": Words("双报到的全部", "All of members' service"),  # data
    "service.own": Words("自己的双报到", "One's own service"),  # data
    "service.suggest": Words("算出给谁建议哪个岗", "Plan which opening is suggested to whom"),  # data
    "service.claim": Words("认领服务岗", "Claim openings"),  # data
    "service.list": Words("维护本单位在职党员名单", "Keep the unit's list of members at work"),  # data
    "service.unit": Words("安排本单位集体报到", "Plan the unit's collective check-in"),  # data
    "service.offer": Words("设岗", "Publish openings"),  # data
    "service.enough": Words("说现在不需要人", "Say that nobody is needed"),  # data
    "service.confirm": Words("确认服务、评价服务", "Confirm and rate service"),  # data
    "service.points": Words("看一名党员的积分和理由", "Read one member's points and their reasons"),  # data
    "stand.*": Words("关键岗、责任区的全部维护", "All upkeep of standing posts"),  # data
    "stand.set": Words("设、撤关键岗和责任区", "Set and end standing posts"),  # data
}
register_right_words("service", lambda pack: _RIGHTS)
