"""Words of alliances for people: rights, roles, shapes, states."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "alliance.*": Words("共建组织的全部维护", "All upkeep of alliances"),  # data
    "alliance.read": Words("查看共建组织", "Read alliances"),  # data
    "alliance.found": Words("成立共建组织", "Found alliances"),  # data
    "alliance.invite": Words("邀请单位加入共建组织", "Invite units into alliances"),  # data
    "alliance.join": Words("代表单位加入共建组织", "Join alliances for a unit"),  # data
    "alliance.decline": Words("谢绝或撤回邀请", "Decline or take back invitations"),  # data
    "alliance.leave": Words("退出共建组织", "Leave alliances"),  # data
    "alliance.end": Words("结束共建组织", "End alliances"),  # data
}
register_right_words("alliances", lambda pack: _RIGHTS)

SHAPES = {"consortium": _("共同体"), "council": _("联席会"), "pairing": _("结对")}
ROLES = {"member": _("成员"), "convener": _("召集"), "helper": _("帮扶方"), "helped": _("受帮方")}
STATES = {"invited": _("等答复"), "joined": _("在内"), "declined": _("已谢绝"), "withdrawn": _("已撤回")}
