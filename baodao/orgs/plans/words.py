"""Words of plans for people: rights, states."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words
from baodao.people.words import EVENT_WORDS

_RIGHTS = {
    "plan.*": Words("调整计划的全部动作", "Everything about plans of changes"),  # data
    "plan.draft": Words("拟调整计划", "Draft plans of changes"),  # data
    "plan.add": Words("往计划里加调整", "Add changes to a plan"),  # data
    "plan.remove": Words("从计划里去掉调整", "Take changes out of a plan"),  # data
    "plan.confirm": Words("确认调整计划", "Confirm plans of changes"),  # data
    "plan.undo": Words("生效前撤回调整计划", "Take plans back before their day"),  # data
    "plan.drop": Words("不要一个计划草稿", "Drop a draft of a plan"),  # data
}
register_right_words("plans", lambda pack: _RIGHTS)
EVENT_WORDS["post.undone"] = _("一个还没开始的任命撤回了")

STATES = {
    "draft": _("草稿"),
    "confirmed": _("已确认，到日子生效"),
    "undone": _("已撤回"),
    "dropped": _("不要了"),
}
TONES = {"draft": "soon", "confirmed": "way", "undone": "wait", "dropped": "wait"}
