"""A synthetic labelled set: made up here by a few patterns, from no real letter, so that it may ship with the tests.

It says nothing of how well a model does on real texts; docs/suggestions.md has those figures.
"""

import csv
import random
from pathlib import Path

PARTS = {
    "房屋": ("屋顶漏水", "墙面裂缝", "电梯停运", "楼道渗水", "外墙瓷砖松动"),
    "道路": ("路灯不亮", "井盖松动", "路面坑洼", "占道停车", "护栏倒了"),
    "噪音": ("夜里施工", "广场音响太响", "装修电钻", "饭店风机轰鸣", "狗叫不停"),
    "卫生": ("垃圾没人收", "污水外溢", "油烟呛人", "蚊虫太多", "公厕很脏"),
}
PLACES = ("东街口", "西门桥头", "老菜场", "河边步道", "新村三栋", "小学门外", "车站旁", "文化宫后面")
ENDS = (
    "请尽快处理。",
    "已经三天了。",
    "老人小孩都受影响。",
    "打过电话没人管。",
    "希望有人来看看。",
    "盼回复。",
)


def rows(each: int = 40, seed: int = 7) -> list[tuple[str, str, str]]:
    """(title, text, label), the same at each run."""
    chance = random.Random(seed)
    made = []
    for label, parts in PARTS.items():
        for n in range(each):
            part, place = chance.choice(parts), chance.choice(PLACES)
            text = f"{place}{part}，{chance.choice(parts)}也有，第{n}次反映。{chance.choice(ENDS)}"
            made.append((f"{place}{part}", text, label))
    return made


def write(path: Path, made: list[tuple[str, str, str]] | None = None) -> Path:
    """As a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["title", "text", "label"])
        writer.writerows(made if made is not None else rows())
    return path
