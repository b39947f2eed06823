"""docs/tutorial-gatherings.md: two meetings and a service that nobody here had seen, declared by its files as they stand there."""

import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from baodao.gather.models import Slot
from tests.support.branches import Branches, raise_tree
from tests.support.town import at, forget, town, words

__all__ = ["town"]
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial-gatherings.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`packs/([\w./-]+)`\n\n```\w+\n(.*?)```", PAGE, re.S | re.M))
COMMANDS = [line.split() for line in re.findall(r"```bash\n(.*?)```", PAGE, re.S)[0].splitlines()]


@pytest.fixture
def packs_home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """The shipped packs, and the page's files in one of them."""
    home = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", home)
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    settings.PACKS = home
    forget()
    yield home
    forget()


@pytest.fixture
def own(packs_home: Path, request: pytest.FixtureRequest) -> Branches:
    """The town under that pack, with its branches."""
    built = request.getfixturevalue("town")
    where = Branches(built.uids, built.data)
    raise_tree(where)
    return where


def test_the_page_s_command_finds_nothing_wrong(packs_home: Path) -> None:
    assert set(FILES) == {f"fuling/own_{name}.toml" for name in ("meetings", "dues", "service")}
    out = StringIO()
    [line] = COMMANDS
    assert line[0] == "baodao"
    call_command(*line[1:], stdout=out)
    assert "没有问题" in out.getvalue()


def test_a_reading_circle_counts_only_with_the_street_in_it(own: Branches) -> None:
    evening = {
        "day": "2026-11-05",
        "starts": "19:00",
        "ends": "20:30",
        "where": "茶馆",
        "minutes": "读了《乡土中国》。",
    }
    with at("11-12 09:00"):
        own.record(kinds=["reading_circle"], items=[], **evening)
        # Its name, and nothing under "requirements met": it was only reading.
        assert met(own).count("支部读书会") == 1
        evening["day"] = "2026-11-06"
        own.record(
            absent={"钱二": "phone", "孙三": "visit"}, kinds=["reading_circle"],
            items=["reading_circle.our_street"], **evening,
        )  # fmt: skip
        assert met(own).count("支部读书会") == 3
        assert "12/12" in met(own)


def test_in_the_yard_residents_are_a_number_and_a_promise_is_a_matter(own: Branches) -> None:
    with at("11-12 09:00"):
        where = own.record(
            kinds=["open_yard"], items=["open_yard.answers"], day="2026-11-08", starts="15:00", ends="16:00",
            where="老院坝", heads="34", decisions="下周把井盖换了",
        )  # fmt: skip
        read = own.read("psec", where)
        assert "34" in read
        assert met(own).count("院坝答问会") == 2
        page = own.desk("psec").get(where).content.decode()
        [command, *_rest] = re.findall(r'name="command" value="([^"]+)"', page)
        typed = {"command": command, "do": "task-1", "org-1": "乙支部", "by-1": "2026-11-20"}
        done = own.desk("psec").post(where, typed)
        assert done.status_code == 303, words(done)
        assert re.search(r"FL-2026-\d+", own.read("psec", where))


def met(own: Branches) -> str:
    """What the recorded evenings met, as the branch reads it."""
    page = own.read("psec", "/desk/branch/")
    return page[page.index("记下的") :]


def test_two_carry_coal_and_the_third_waits(own: Branches) -> None:
    with at("11-12 09:00"):
        desk = own.desk("secretary")
        text = desk.get("/desk/gather/new/").content.decode()
        assert "冬天送煤上楼" in text
        [command, *_rest] = re.findall(r'name="command" value="([^"]+)"', text)
        typed = {
            "command": command, "kind": "winter_coal", "title": "三号楼送煤", "day": "2026-12-05", "from": "09:00",
            "to": "12:00", "where": "三号楼下", "insurance": "平安保险 2026-0031",
        }  # fmt: skip
        made = desk.post("/desk/gather/new/", typed)
        assert made.status_code == 303, words(made)
        slot = Slot.objects.get()
        assert (slot.form, slot.seats, slot.level) == ("shift", 2, 0)
        # Two carry; the third is first in the row, and everybody reads what the pack tells them to heed.
        phones = {who: own.phone(who).browser for who in ("resident", "neighbour")}
        phones["somebody"] = own.phone_by("13900001111").browser
        assert "三号楼送煤" in words(phones["resident"].get("/gather/"))
        address = f"/gather/{slot.code}/"
        assert "不进卧室，不拍人" in words(phones["resident"].get(address))
        for n, phone in enumerate(phones.values()):
            phone.post(address, {"do": "join", "command": f"coal-{n}"})
        assert "有人退出，按先后轮到您" in words(phones["somebody"].get(address))
        slot.refresh_from_db()
        assert (slot.taken, slot.waiting) == (2, 1)
