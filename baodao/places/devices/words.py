"""Words of facilities, devices and households for people: states, signs, rights."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

STATES = {"working": _("正常"), "broken": _("坏了"), "muted": _("已静音"), "removed": _("已拆除")}
SIGNS = {"posted": _("有"), "missing": _("没有"), "not_needed": _("不需要")}
TONES = {"working": "done", "broken": "late", "muted": "soon", "removed": ""}

_RIGHTS = {
    "facility.*": Words("阵地和设施的全部维护", "All upkeep of facilities"),  # data
    "facility.read": Words("查看阵地和设施", "See facilities"),  # data
    "facility.register": Words("登记阵地和设施", "Register facilities"),  # data
    "facility.change": Words("修改阵地和设施", "Change facilities"),  # data
    "facility.end": Words("撤销阵地和设施", "End facilities"),  # data
    "device.*": Words("设备目录的全部维护", "All upkeep of the catalogue of devices"),  # data
    "device.read": Words("查看设备目录", "See the catalogue of devices"),  # data
    "device.told": Words("看这里有哪些摄像头和感知设备", "See who watches here"),  # data
    "device.register": Words("登记设备", "Register devices"),  # data
    "device.change": Words("修改设备", "Change devices"),  # data
    "device.mark": Words("标记设备的状态", "Mark the state of devices"),  # data
    "household.*": Words("家庭登记的全部维护", "All upkeep of households"),  # data
    "household.register": Words("登记一户", "Register a household"),  # data
    "household.read": Words("查看一户的登记", "Read what is written of a household"),  # data
    "household.write": Words("给一户添一条", "Write a line about a household"),  # data
    "household.strike": Words("划掉一条", "Strike a line"),  # data
    "household.close": Words("停止登记、删除一户", "End what is written of a household"),  # data
    "household.own": Words("看自己家的登记", "Read what is written of one's own household"),  # data
    "household.join": Words("把自己家的登记放进“我的”", "Keep one's own household at hand"),  # data
    "household.count": Words("看登记户数（不看到户）", "Count households"),  # data
}
register_right_words("places", lambda pack: _RIGHTS)
