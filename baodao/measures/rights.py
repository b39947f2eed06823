"""Words of the rights of measures and returns."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "measure.*": Words("指标的全部操作", "Everything about measures"),  # data
    "measure.read": Words("看指标和背后的记录", "Read figures and the facts behind them"),  # data
    "return.*": Words("上报表的全部操作", "Everything about returns"),  # data
    "return.read": Words("看上报表", "Read returns"),  # data
    "return.fill": Words("填上报表", "Fill returns"),  # data
    "return.sign": Words("签发上报表", "Sign returns"),  # data
    "return.correct": Words("更正已签发的上报表", "Correct signed returns"),  # data
    "return.take": Words("取一份签发了的上报表", "Take a copy of a signed return"),  # data
    "return.form": Words("放进上级的新表样", "Bring in a form of the level above"),  # data
}
register_right_words("measures", lambda pack: _RIGHTS)
