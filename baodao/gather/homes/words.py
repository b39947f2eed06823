"""The words of the rights."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "home.*": Words("邻里小家的全部维护", "All upkeep of homes"),  # data
    "home.read": Words("看自己小家的情况", "Read one's own home"),  # data
    "home.join": Words("自愿加入小家", "Join a home"),  # data
    "home.leave": Words("退出小家", "Leave a home"),  # data
    "trust.*": Words("接孩子名单的全部维护", "All upkeep of guardians' lists"),  # data
    "trust.give": Words("把志愿者加进自己的名单", "Put a volunteer onto one's own list"),  # data
    "trust.end": Words("把志愿者移出自己的名单", "Take a volunteer off one's own list"),  # data
    "trust.allow": Words("监护人同意接孩子", "A guardian lets a volunteer fetch a child"),  # data
    "help.forget": Words("三十天后删除求助的内容", "Erase the words of help after 30 days"),  # data
}
register_right_words("homes", lambda pack: _RIGHTS)
