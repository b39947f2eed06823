"""Words of branch life for people."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "meeting.*": Words("支部组织生活的全部维护", "All upkeep of a branch's life"),  # data
    "meeting.record": Words("记、更正、预告本支部的会", "Record and announce the branch's meetings"),  # data
    "meeting.read": Words("看本支部的会和到会情况", "Read the branch's meetings and presence"),  # data
    "meeting.see": Words("看下级开了哪些会（不看到人）", "See what those below held, never who"),  # data
    "meeting.own": Words("看、不同意自己的到会记录", "One's own presence, and an objection"),  # data
}
register_right_words("meetings", lambda pack: _RIGHTS)

#: What an organization that was asked to hold an evening too has said, in words and tone.
SIDES = {"asked": (_("还没有答复"), "soon"), "joins": (_("一起开"), "done"), "declined": (_("不参加"), "")}

#: What stands of a due, in words and tone.
STANDS = {
    "due": (_("要开"), "soon"), "met": (_("已开"), "done"), "made_up": (_("已补开"), "done"), "missing": (_("缺"), "late"),
    "excused": (_("准予不开"), ""),
}  # fmt: skip
