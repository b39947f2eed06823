"""Words of the rights of messages."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "notify.*": Words("消息的全部操作", "Everything about messages"),  # data
    "notify.prefer": Words("选自己怎样收消息", "Choose how one is told"),  # data
    "notify.see": Words("把自己的消息标成看过", "Mark one's messages as seen"),  # data
    "notify.address": Words("系统读收信的号码", "The system reads where to send"),  # data
    "notify.decide": Words("决定发不出去的消息怎么办", "Decide on messages that could not be sent"),  # data
}
register_right_words("notify", lambda pack: _RIGHTS)
