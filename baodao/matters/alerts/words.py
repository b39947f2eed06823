"""Words of alerts for people: rights, states."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words

REACH_WORDS = {"trial": _("试用"), "spread": _("推开"), "off": _("停用")}
REACH_TONES = {"trial": "soon", "spread": "done", "off": ""}

_RIGHTS = {
    "device_alert.*": Words("设备告警的全部维护", "All upkeep of alerts"),  # data
    "device_alert.receive": Words("送设备告警", "Send alerts of devices"),  # data
    "device_alert.mute": Words("让设备的告警静音", "Mute alerts of a device"),  # data
    "device_alert.spread": Words("试用、推开、停用告警规则", "Try, spread and stop rules of alerts"),  # data
}
register_right_words("alerts", lambda pack: _RIGHTS)
