"""The words of the rights."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "offer.*": Words("课程菜单的全部维护", "All upkeep of the menu"),  # data
    "offer.make": Words("把题目放上课程菜单", "Put topics on the menu"),  # data
    "offer.end": Words("把题目撤下课程菜单", "Take topics off the menu"),  # data
    "lecturer.*": Words("讲师名册的全部维护", "All upkeep of lecturers"),  # data
    "lecturer.tell": Words("说自己讲什么、哪几天", "Tell what one gives, on which days"),  # data
    "order.*": Words("课程点单的全部步骤", "All steps of an order"),  # data
    "order.pack": Words("给点单排日子、开活动", "Set the days of an order"),  # data
    "order.record": Words("记一场来了多少人", "Write down how many came"),  # data
    "order.call_off": Words("取消一场", "Call one gathering off"),  # data
    "order.announce": Words("通知居民什么时候讲", "Tell residents when a talk takes place"),  # data
    "order.relay": Words("记一次播了、发了、贴了", "Tell that it was played, sent or put up"),  # data
    "order.unrelay": Words("撤回刚记错的一次", "Take back a wrong tap"),  # data
    "order.rate": Words("评价点的课讲得怎样", "Rate what was ordered and given"),  # data
    "order.meet": Words("讲完以后结束点单", "End an order once it was given"),  # data
}
register_right_words("courses", lambda pack: _RIGHTS)

from .programmes import words as programmes  # noqa: E402, F401
