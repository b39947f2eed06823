"""Words of the desk's own rights."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "view.keep": Words("存自己的待办视图", "Keep views of one's own list"),  # data
    "view.share": Words("把待办视图给本单位用", "Share a view with one's office"),  # data
}
register_right_words("desk", lambda pack: _RIGHTS)
