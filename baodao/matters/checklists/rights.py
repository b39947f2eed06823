"""Words of the rights on lists. (Not words.py: a submodule of that name would hide the function `words` of this package.)"""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "checklist.*": Words("检查清单的全部维护", "All upkeep of checklists"),  # data
    "checklist.register": Words("导入、撤下检查清单", "Bring in and take back checklists"),  # data
}
register_right_words("checklists", lambda pack: _RIGHTS)
