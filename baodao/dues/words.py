"""Words of dues for people."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.orgs.words import Words, register_right_words

STATES = {
    "due": gettext_lazy("该做"),
    "met": gettext_lazy("做了"),
    "made_up": gettext_lazy("补做了"),
    "missing": gettext_lazy("没做"),
    "excused": gettext_lazy("免"),
}
#: Colours by what they say, always with the word.
COLOURS = {"due": "way", "met": "done", "made_up": "done", "missing": "late", "excused": "wait"}

CAUSES = {
    "emergency": gettext_lazy("应急处突"),
    "too_few": gettext_lazy("人数不够开会"),
    "new": gettext_lazy("刚成立"),
    "ending": gettext_lazy("正在撤并"),
    "no_group": gettext_lazy("没有划分党小组"),
    "no_committee": gettext_lazy("没有设支委会"),
    "not_needed": gettext_lazy("社区现在不需要人"),
    "quota": gettext_lazy("本季度的联系次数用完了"),
    "excused": gettext_lazy("免"),
}

TRAITS = {
    "kind:members_meeting": gettext_lazy("党员大会"),
    "kind:committee_meeting": gettext_lazy("支委会"),
    "kind:group_meeting": gettext_lazy("党小组会"),
    "kind:party_lecture": gettext_lazy("党课"),
    "kind:lecture": gettext_lazy("党课"),
    "kind:organizational_life": gettext_lazy("组织生活会"),
    "kind:theme_day": gettext_lazy("主题党日"),
    "kind:life_meeting": gettext_lazy("组织生活会"),
    "kind:evening_study": gettext_lazy("夜学"),
    "members_meeting": gettext_lazy("党员大会"),
    "committee_meeting": gettext_lazy("支委会"),
    "group_meeting": gettext_lazy("党小组会"),
    "theme_day": gettext_lazy("主题党日"),
    "lecture": gettext_lazy("党课"),
    "committee": gettext_lazy("支委会"),
    "organizational_life": gettext_lazy("组织生活会"),
    "life_meeting": gettext_lazy("组织生活会"),
    "appraisal": gettext_lazy("民主评议党员"),
    "review": gettext_lazy("民主评议党员"),
    "collective_check_in": gettext_lazy("集体报到"),
    "study": gettext_lazy("集中学习"),
    "item:first": gettext_lazy("第一议题"),
    "first_item": gettext_lazy("第一议题"),
    "evening_study": gettext_lazy("夜学"),
    "cadre_lecture": gettext_lazy("领导干部上讲台"),
    "rotation": gettext_lazy("党员轮训课"),
    "joint": gettext_lazy("一起办的活动"),
}


def trait_words(trait: str) -> str:
    """A trait in words; its code where nobody words it."""
    return str(TRAITS.get(trait, trait))


def period_words(every: str, first: date) -> str:
    """ "2026年11月", "2026年第4季度", "11月9日这一周"."""
    year, month = first.year, first.month
    if every == "week":
        return _("%(month)d月%(day)d日这一周") % {"month": month, "day": first.day}
    if every == "month":
        return _("%(year)d年%(month)d月") % {"year": year, "month": month}
    if every == "quarter":
        return _("%(year)d年第%(n)d季度") % {"year": year, "n": (month + 2) // 3}
    if every == "half_year":
        return _("%(year)d年上半年") % {"year": year} if month < 7 else _("%(year)d年下半年") % {"year": year}
    if every == "year":
        return _("%(year)d年") % {"year": year}
    return first.isoformat()


def amount_words(unit: str, amount: int) -> str:
    """ "1 次"; minutes as hours of study (45 minutes each, as the schools count), rounded down."""
    if unit == "minutes":
        return _("%(n)s 学时") % {"n": f"{amount / 45:.1f}".rstrip("0").rstrip(".")}
    return _("%(n)d 次") % {"n": amount}


_RIGHTS = {
    "due.*": Words("该做的事的全部操作", "Everything about dues"),  # data
    "due.read": Words("看该做什么、做了没有", "Read what is due and how it stands"),  # data
    "due.record": Words("补记纸上的记录", "Enter what stands on paper"),  # data
    "due.strike": Words("划掉补记的记录", "Strike such entries"),  # data
    "due.excuse": Words("免下级一期、免党员一期", "Excuse for a period"),  # data
    "due.remind": Words("提醒下级", "Remind those below"),  # data
    "due.members": Words("看本支部党员的学时等", "Read the dues of the branch's members"),  # data
    "contact.*": Words("联系名单的全部操作", "Everything about contacts"),  # data
    "contact.name": Words("把同意的人放进联系名单", "Name persons who agreed to be contacted"),  # data
    "contact.read": Words("看自己联系的人", "Read one's own contacts"),  # data
    "contact.record": Words("记一次联系", "Record a contact"),  # data
    "contact.own": Words("看、改、退出联系自己的名单", "See, correct, leave the list that names me"),  # data
}
register_right_words("dues", lambda pack: _RIGHTS)
