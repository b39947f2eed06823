"""Words for the rights of matters: each action of each procedure of a pack, so that the printed matrix reads in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.orgs.words import Words, register_right_words

from .declare import Procedure


def right_words(pack: str) -> Mapping[str, Words]:
    """Right → "procedure: action" in Chinese and English; nothing for a pack that cannot be read."""
    try:
        held = get_pack(pack)
    except BadPack:
        return {}
    chinese, english = held.many(Procedure, "zh-hans"), held.many(Procedure, "en")
    found: dict[str, Words] = {
        "request.import": Words("导入历史来信", "Import replayed letters"),
        "card.renew": Words(
            "给没有人能打开的卡片点名下一个人", "Name the next reader of a card that nobody can open"
        ),
    }
    for name, procedure in chinese.items():
        spoken = {action.name: action.title for action in english[name].actions}
        found[f"{name}.*"] = Words(f"{procedure.title}·全部动作", f"{english[name].title}: every action")
        for action in procedure.actions:
            title = action.title or action.name
            found[f"{name}.{action.name}"] = Words(
                f"{procedure.title}·{title}", f"{english[name].title}: {spoken.get(action.name) or title}"
            )
    return found


register_right_words("matters", right_words)

_OWN = {
    "matter.lapse": Words("到了时限由系统走下一步", "The system's step when a limit has passed"),  # data
    "matter.migrate": Words("把在办的事换到新的程序", "Move open matters to a new procedure"),  # data
    "matter.unseal": Words("打开加密的内容", "Open sealed texts"),  # data
    "suggestion.choose": Words("采用或不用分派的建议", "Take or leave a suggested unit"),  # data
}
register_right_words("matter", lambda pack: _OWN)
