"""Words of gatherings for people: rights, forms, states."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "gather.*": Words("活动的全部维护", "All upkeep of gatherings"),  # data
    "gather.read": Words("看活动和名额", "Read gatherings and their seats"),  # data
    "gather.list": Words("看报名和到场名单", "Read who signed up and who came"),  # data
    "gather.open": Words("发布活动、排班", "Open gatherings and shifts"),  # data
    "gather.change": Words("改活动的时间、地点、名额", "Change time, place and seats of gatherings"),  # data
    "gather.call_off": Words("取消活动", "Call gatherings off"),  # data
    "gather.join": Words("报名", "Sign up"),  # data
    "gather.leave": Words("退出报名", "Withdraw"),  # data
    "gather.invite": Words("邀请人参加", "Ask people to come"),  # data
    "gather.answer": Words("答复邀请", "Answer an invitation"),  # data
    "gather.swap": Words("换班", "Swap seats"),  # data
    "gather.sign_in": Words("签到", "Sign in"),  # data
    "gather.attend": Words("记到场名单", "Record who came"),  # data
    "gather.dispute": Words("对到场记录提出不同意见", "Object to one's presence as recorded"),  # data
    "gather.enclose": Words("放会前材料、留名单照片", "Keep papers, photos of lists"),  # data
    "gather.take_out": Words("去掉材料、名单照片", "Take such files out"),  # data
    "gather.hold": Words("记活动已经举行", "Record that a gathering took place"),  # data
    "gather.feed": Words("换新日历地址", "Renew calendar addresses"),  # data
    "gather.rate": Words("评价活动", "Rate gatherings"),  # data
}
register_right_words("gatherings", lambda pack: _RIGHTS)

FORMS = {
    "meeting": _("会议"), "talk": _("宣讲"), "class": _("课程"), "activity": _("活动"), "opening": _("岗位"),
    "shift": _("班次"), "patrol": _("巡查"), "booking": _("预约"), "visit": _("参观"),
}  # fmt: skip
STATES = {"open": _("可以报名"), "called_off": _("已取消"), "held": _("已举行")}
#: An open slot that somebody took whole.
BOOKED = _("约好了")
SEATS = {"seat": _("有名额"), "waiting": _("排队等候"), "invited": _("等您答复"), "left": _("已退出")}
PRESENCE = {
    "present": _("到场"), "phone": _("电话参加"), "visit": _("上门补学"), "made_up": _("补课"), "excused": _("请假"),
    "absent": _("未到"),
}  # fmt: skip
REASONS = {
    "weather": _("天气"),
    "nobody": _("没有人报名"),
    "moved": _("改到别的时间"),
    "place": _("地方用不了"),
    "other": _("其他"),
}
#: Why a slot was called off; a booking that was given back is called off by nobody's choice from a list.
WHYS = {**REASONS, "given_back": _("预约退了")}
JOINERS = {
    "anyone": _("任何人"), "person": _("登录的人"), "member": _("党员"), "roll": _("本支部的党员"), "linked": _("报到的党员"),
    "staff": _("工作人员"), "invited": _("被邀请的人"),
}  # fmt: skip

#: Who reads a paper of a gathering.
READERS = {
    "slot": _("看得到这一场的人"),
    "seat": _("报了名、受邀请的人"),
    "convener": _("只有组织的单位"),
}
