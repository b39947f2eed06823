"""Words of hand-overs for people: rights, states, sides."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "handover.*": Words("工作交接的全部动作", "Everything about hand-overs"),  # data
    "handover.read": Words("查看交接单", "Read hand-over sheets"),  # data
    "handover.open": Words("开交接单", "Begin hand-over sheets"),  # data
    "handover.assign": Words("选接手的岗位", "Choose who takes over"),  # data
    "handover.sign": Words("签交接单", "Sign hand-over sheets"),  # data
    "handover.stand_in": Words("本人不在时代签", "Sign for somebody who is gone"),  # data
    "handover.take": Words("代表单位签收", "Sign for the office"),  # data
    "handover.drop": Words("作废交接单", "Make a sheet void"),  # data
    "handover.pass": Words("到日子自动交接", "Pass on by itself"),  # data
    "handover.succeed": Words(
        "撤销单位的工作自动转到接手单位",  # data
        "Work of ended units goes to their successors",
    ),
    "handover.divide": Words(
        "分设后按地块把在办的工作转到新单位",  # data
        "Open work goes to a new unit by place after a split",
    ),
    "matter.restake": Words("名单跟着组织走", "Lists follow the trees"),  # data
}
register_right_words("handover", lambda pack: _RIGHTS)

STATES = {"open": _("等签字"), "signed": _("签齐，等日子"), "done": _("已交接"), "dropped": _("已作废")}
TONES = {"open": "soon", "signed": "way", "done": "done", "dropped": "wait"}
