"""The words of the rights."""

from baodao.orgs.words import Words, register_right_words

_RIGHTS = {
    "booking.*": Words("约场地、约参观的全部", "All of booking"),  # data
    "booking.book": Words("约场地、约参观", "Book a place or a visit"),  # data
    "booking.give_back": Words("退掉预约", "Give a booking back"),  # data
}
register_right_words("booking", lambda pack: _RIGHTS)
