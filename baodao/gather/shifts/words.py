"""Words of call-outs for people."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "callout.*": Words("应急值守的全部维护", "All upkeep of call-outs"),  # data
    "callout.read": Words("看应急值守的班次和缺口数", "Numbers of shifts and gaps of call-outs"),  # data
    "callout.declare": Words("启动应急值守", "Declare a call-out on"),  # data
    "callout.end": Words("解除应急值守", "Declare a call-out off"),  # data
    "callout.review": Words("复盘应急值守", "Review a call-out"),  # data
    "callout.fill": Words("排值守的班、请人、排预备名单", "Fill shifts, ask people, keep rosters"),  # data
    "callout.home": Words("看本单位谁在值守", "See whom of one's own unit is on a shift"),  # data
    "willing.*": Words("值守登记的全部维护", "All upkeep of offers for call-outs"),  # data
    "willing.own": Words("自己的值守登记和班次", "One's own offer and shifts of call-outs"),  # data
}
register_right_words("callouts", lambda pack: _RIGHTS)

PARTS = {
    "night": _("夜里 0–6 点"),
    "morning": _("上午 6–12 点"),
    "afternoon": _("下午 12–18 点"),
    "evening": _("晚上 18–24 点"),
}
DAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
STATES = {"on": _("正在进行"), "off": _("已解除")}
