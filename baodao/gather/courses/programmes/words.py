"""The words of the rights."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "class.*": Words("培训班的全部维护", "All upkeep of classes"),  # data
    "class.open": Words("开培训班、排课、结束", "Open classes, add sessions, close them"),  # data
    "class.enrol": Words("定培训班的名单", "Enter people into a class"),  # data
    "class.join": Words("选课、退课、网上学", "Choose and leave classes, learn on line"),  # data
}
register_right_words("classes", lambda pack: _RIGHTS)
