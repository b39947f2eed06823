"""Words of patrols and joint checks for people."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "patrol.*": Words("巡查的全部维护", "All upkeep of patrols"),  # data
    "patrol.read": Words("看巡查路线和到点情况", "Read routes and points passed"),  # data
    "patrol.plan": Words("排巡查路线", "Plan routes"),  # data
    "patrol.walk": Words("走一轮巡查、报发现", "Walk a round and report finds"),  # data
    "check.*": Words("联合检查的全部维护", "All upkeep of joint checks"),  # data
    "check.read": Words("看联合检查", "Read joint checks"),  # data
    "check.open": Words("发起、加入联合检查", "Open and join joint checks"),  # data
    "check.record": Words("记联合检查", "Record joint checks"),  # data
    "check.rate": Words("凭码评价上门检查", "Rate a visit by its code"),  # data
}
register_right_words("patrols", lambda pack: _RIGHTS)

FORMS = {"points": _("定点"), "line": _("沿线"), "area": _("分片")}
