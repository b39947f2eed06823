"""Words for rights, reaches and levels, in both languages: for the printed matrix and "who can see this".

A right is a verb or a procedure's action. Apps say what theirs mean by ``register_right_words``; a right that
nobody words is printed by its code.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    """A right in Chinese and in English."""

    zh: str
    en: str


#: Name of a pack → right → words.
RightWords = Callable[[str], Mapping[str, Words]]

_sources: dict[str, RightWords] = {}


def register_right_words(name: str, find: RightWords) -> None:
    """An app's words for its rights under a pack; read when a matrix is printed, no statements. One source a name."""
    if name in _sources:
        raise ValueError(name)
    _sources[name] = find


def right_words(pack: str) -> dict[str, Words]:
    """All words for rights under a pack."""
    found: dict[str, Words] = {}
    for name in sorted(_sources):
        found.update(_sources[name](pack))
    return found


_OWN = {
    "*": Words("全部事项", "Everything"),
    "matter.*": Words("所有办事动作", "Every action on matters"),
    "matter.read": Words("查看事项", "Read matters"),
    "org.*": Words("组织的全部维护", "All upkeep of organizations"),
    "org.create": Words("新设组织", "Create organizations"),
    "org.move": Words("调整隶属", "Move organizations"),
    "org.end": Words("撤销组织", "End organizations"),
    "org.holder": Words("看负责人的姓名", "See who answers for an organization"),
    "post.*": Words("任命和免职", "Appoint and relieve"),
    "post.begin": Words("任命", "Appoint"),
    "post.end": Words("免职", "Relieve"),
    "deputy.begin": Words("请人代理", "Name a deputy"),
    "deputy.end": Words("结束代理", "End a deputyship"),
    "glass.open": Words("紧急查看受限的事", "Open a restricted matter in need"),
    "glass.close": Words("结束紧急查看", "End such an opening"),
    "pack.bind": Words("指定适用的配置包", "Bind a pack"),
    "divisions.load": Words("装载官方区划", "Load official divisions"),
    "border.set": Words("设定区界", "Set a border"),
    "grid.*": Words("网格的全部维护", "All upkeep of grids"),
    "grid.draw": Words("划定网格", "Draw grids"),
    "grid.end": Words("撤销网格", "End grids"),
    "grid.change": Words("改网格的名称和负责组织", "Name grids and say who answers for them"),
    "building.*": Words("楼栋的全部维护", "All upkeep of buildings"),
    "building.record": Words("登记楼栋", "Record buildings"),
    "building.end": Words("注销楼栋", "End buildings"),
    "compound.*": Words("小区的全部维护", "All upkeep of compounds"),
    "compound.record": Words("登记小区", "Record compounds"),
    "compound.end": Words("注销小区", "End compounds"),
    "rights.read": Words("查看权限表", "Read the matrix of rights"),
    "people.register": Words("注册", "Register"),
    "people.sign_in": Words("登录", "Sign in"),
    "people.consent": Words("同意或撤回同意", "Give or withdraw consent"),
    "people.contact": Words("查看联系方式", "See contact details"),
    "people.contact_unnamed": Words("查看要求匿名的人的联系方式", "See who asked not to be named"),
    "people.contact_set": Words("修改自己的联系方式", "Change one's own contact"),
    "people.enrol": Words("登记人员", "Enrol people"),
    "people.export": Words("导出人员名册", "Export rosters"),
    "people.merge": Words("判定是不是同一个人", "Decide who is the same person"),
    "post.export": Words("导出岗位", "Export posts"),
    "people.erase": Words("删除个人资料", "Erase a person"),
    "people.erase_ask": Words("要求删除自己的资料", "Ask to be erased"),
    "people.access_log": Words("查看个人信息查阅记录", "Read the access log"),
    "ledger.takeback": Words("撤回导入", "Take back an import"),
    "ledger.verify": Words("核验账本", "Verify the ledger"),
    "calendar.*": Words("维护工作日历", "Keep the work calendar"),
    "readers.*": Words("维护后台读取", "Keep the readers"),
    "duty.*": Words("履职事项清单的全部维护", "All upkeep of duty lists"),
    "duty.adopt": Words("采用履职事项清单", "Adopt duty lists"),
    "duty.propose_change": Words("建议修改清单", "Propose a change of a duty list"),
    "duty.settle_change": Words("决定清单的修改建议", "Decide on proposed changes of duty lists"),
    "api.token": Words("发放接口令牌", "Issue interface tokens"),
}
register_right_words("orgs", lambda pack: _OWN)

REACHES = {
    "any": _("不限"),
    "self": _("自己的"),
    "own": _("本单位的"),
    "below": _("本单位和下级的"),
    "area": _("划给的片区里的"),
    "legs": _("派给本岗位的"),
    "named": _("点了本人名的"),
}
LEVELS = (_("公开"), _("管得着的工作人员"), _("只有经办的人"), _("只有点名的人"))


def reach_words(name: str) -> Words:
    """A reach in both languages."""
    return _both(REACHES[name])


def level_words(level: int) -> Words:
    """The highest level opened, in both languages; "nothing" below 0."""
    return _both(LEVELS[level]) if level >= 0 else _both(_("不开放"))


def _both(text: object) -> Words:
    with translation.override("zh-hans"):
        zh = str(text)
    with translation.override("en"):
        return Words(zh, str(text))


#: Kinds of organization that the shipped levels name; another one is told by its code.
KIND_WORDS = {
    "municipality": _("市"), "district": _("区"), "desk": _("受理窗口"), "bureau": _("部门"), "court": _("法院"),
    "enterprise": _("企业"), "street": _("街道"), "town": _("镇"), "township": _("乡"), "office": _("科室"),
    "station": _("站所"), "community": _("社区"), "village": _("村"), "grid": _("网格"), "committee": _("党委"),
    "work_committee": _("党工委"), "general_branch": _("党总支"), "branch": _("党支部"), "group": _("党小组"),
}  # fmt: skip


def kind_words(kind: str) -> str:
    """A kind of organization in the reader's language."""
    return str(KIND_WORDS.get(kind, kind))
