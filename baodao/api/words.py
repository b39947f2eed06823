"""Words for the rights of leg sync, for the printed matrix."""

from baodao.orgs.words import Words, register_right_words

_OWN = {
    "partner.*": Words("本单位系统对接的全部维护", "All upkeep of partner systems"),  # data
    "partner.register": Words("登记本单位的系统", "Register the unit's own system"),  # data
    "partner.stop": Words("停用本单位的系统", "Stop the unit's own system"),  # data
    "partner.renew_key": Words("更换签名密钥", "Renew the signing key"),  # data
    "partner.resend": Words("重发停下的消息", "Send parked messages again"),  # data
}
register_right_words("partners", lambda pack: _OWN)
