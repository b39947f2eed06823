"""Words of rolls for people."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

KINDS = {"home": _("组织关系在这里"), "project": _("在这个项目支部")}

_RIGHTS = {
    "roll.*": Words("党员名册的全部维护", "All upkeep of rolls"),  # data
    "roll.enter": Words("把党员记上本支部名册", "Enter members on the branch's roll"),  # data
    "roll.read": Words("看本支部名册", "Read the branch's roll"),  # data
    "roll.answer": Words("答复加入项目支部的申请", "Answer members who ask to join a project branch"),  # data
    "roll.leave": Words("从本支部名册转出", "Strike members off the branch's roll"),  # data
    "roll.own": Words("看、改自己的组织关系", "One's own membership"),  # data
    "roll.seen": Words("看愿意在本单位公开的党员", "See members who chose to be seen here"),  # data
    "roll.count": Words("看各支部人数（不看到人）", "Count members"),  # data
}
register_right_words("rolls", lambda pack: _RIGHTS)
