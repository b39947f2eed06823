"""Words of areas for people."""

from django.utils.translation import gettext_lazy as _

from baodao.orgs.words import Words, register_right_words
from baodao.people.words import EVENT_WORDS

_RIGHTS = {
    "area.*": Words("片区的全部动作", "Everything about areas"),  # data
    "area.give": Words("给岗位划片区", "Give posts their areas"),  # data
}
register_right_words("areas", lambda pack: _RIGHTS)
EVENT_WORDS["area.given"] = _("岗位的片区变了")
