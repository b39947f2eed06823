"""Registers of a branch: Excel, Word, the year that was closed; hints that leave no trace."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import openpyxl
from PIL import Image

from tests.gather.test_branch import EVENING
from tests.gather.test_hints import jpeg, scenes
from tests.support.branches import branches, fields, town
from tests.support.faces import drawn_face
from tests.support.town import at, words

__all__ = ["branches", "town"]
REGISTER = "/desk/branch/register/"


def given(raw: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(raw)
    file.name = name
    return file


def post(branches: Any, who: str, **typed: str) -> Any:
    return branches.desk(who).post(REGISTER, {"command": f"r-{'-'.join(typed.values())}", **typed})


def document(answer: Any) -> str:
    """The text of a Word file; fails when its XML is none."""
    assert answer.status_code == 200, words(answer)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        for name in packed.namelist():
            ElementTree.fromstring(packed.read(name))
        body = ElementTree.fromstring(packed.read("word/document.xml"))
    return " ".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))


def test_the_register_as_an_inspector_expects_it(branches: Any) -> None:
    with at("11-12 09:00"):
        branches.record(absent={"钱二": "excused", "李四": "absent"}, **EVENING)
        book = document(post(branches, "psec", do="docx", year="2026"))
        for word in ("2026 年会议记录簿", "甲支部", "主题党日", "2026年11月10日 19:30—21:00", "党群服务中心", "应到", "12", "请假 1 （钱二）".replace(" （", "（"),
                     "未到 1（李四）", "学习了文件，讨论楼道灯。", "1. 周五前换好三单元的灯", "主持人签字"):  # fmt: skip
            assert word in book, (word, book)
        sheet = openpyxl.load_workbook(
            io.BytesIO(post(branches, "psec", do="xlsx", year="2026").content)
        ).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert rows[0][:4] == ["编号", "时间", "什么会", "在哪里"]
        assert rows[1][4:6] == [12, 10] and "老钱说最近家里难。" in rows[1]
        # Each name that the file holds is in the access log of its member, of the others none.
        me = branches.phone_by(branches.phones["钱二"]).browser
        assert "记录支部的组织生活" in words(me.get("/me/looked/"))
        # Only the branch has a register.
        for who in ("pabove", "secretary"):
            assert "老钱" not in words(branches.desk(who).get(REGISTER)), who
        assert "还没有记过会" in branches.read("pnext", REGISTER)
        assert "2025" in branches.read("psec", f"{REGISTER}?year=2025")
        assert branches.desk("psec").get(f"{REGISTER}?year=abc").status_code == 422


def test_a_closed_year_keeps_its_copy_and_a_correction_stands_beside_it(branches: Any) -> None:
    with at("11-12 09:00"):
        where = branches.record(absent={"钱二": "absent"}, **EVENING)
        assert "这一年还没有过完" in words(post(branches, "psec", do="close", year="2026"))
    import time_machine

    with time_machine.travel("2027-01-08T09:00:00+08:00", tick=False):
        assert post(branches, "psec", do="close", year="2026").status_code == 303
        assert "这一年已于" in branches.read("psec", f"{REGISTER}?year=2026")
        assert post(branches, "psec", do="close", year="2026", again="1").status_code == 409
        _text, held = branches.form("psec", slot=where.split("/")[-2])
        held = fields(
            branches.send(
                "psec", held | {f"s-{branches.tokens['钱二']}": "made_up"}, "check", 200
            ).content.decode()
        )
        branches.send("psec", held | {"why": "一月补了课"})
        read = branches.read("psec", f"{REGISTER}?year=2026")
        # What stood then stays; what was corrected stands beside it.
        assert "11/12" in read and "年结以后更正：" in read and "一月补了课" in read
        book = document(post(branches, "psec", do="docx", year="2026"))
        assert "未到 1" in book and "一月补了课" in book
        branches.record(kinds=["lecture"], day="2026-12-28", starts="19:30", ends="21:00")
        assert "年结以后补记的" in branches.read("psec", f"{REGISTER}?year=2026")


def test_a_sign_in_sheet_has_names_only_when_they_are_opened(branches: Any) -> None:
    with at("11-05 09:00"):
        _text, held = branches.form("psec")
        branches.send(
            "psec",
            held | {"kinds": ["lecture"], "day": "2026-11-20", "starts": "19:30", "ends": "21:00"},
            "plan",
        )
        page = branches.desk("psec").get("/desk/branch/").content.decode()
        code = page.split("/desk/branch/evenings/")[1].split("/")[0]
        address = f"/desk/branch/evenings/{code}/sheet/"
        assert "赵一" not in branches.read("psec", address)
        assert "赵一" in document(branches.desk("psec").post(address, {"command": "s-1"}))
        assert branches.desk("pabove").get(address).status_code == 404


def hall(lon: float) -> None:
    """A facility by the name that the secretary types."""
    from baodao.places.facilities.models import Facility
    from tests.support.town import SINCE, A

    Facility.objects.create(
        code=f"hall-{Facility.objects.count()}", org_id=A, kind="hall", name="党群服务中心", lon=lon, lat=29.70, origin="live", since=SINCE
    )  # fmt: skip


def test_hints_are_shown_once_and_kept_nowhere(branches: Any) -> None:
    from tests.test_canary import tables_with

    picture = next(scenes())[1]
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:10:01 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 42.0, 0.0), 3: "E", 4: (107.0, 53.0, 24.0)})
    with at("11-12 09:00"):
        _text, held = branches.form("psec")
        first = held | EVENING | {"paper": given(jpeg(picture), "a.jpg")}
        checked = branches.send("psec", first, "check", 200)
        assert "很像" not in words(checked) and "别的日子" not in words(checked)
        branches.send("psec", fields(checked.content.decode()))
        # Next month the same picture, saved anew, and the same minutes.
        long = (
            EVENING["minutes"]
            + "决定周五前换好三单元的灯，下月请民警来讲一课，散会前交纳党费，大家把服务做到门口。" * 2
        )
        branches.record(**(EVENING | {"day": "2026-11-03", "minutes": long}))

        def anew() -> dict[str, Any]:
            return {"paper": given(jpeg(picture.resize((200, 150)), 70, exif), "b.jpg")}

        again = (
            held
            | EVENING
            | {
                "day": "2026-11-11",
                "minutes": long,
                "paper": given(jpeg(picture.resize((200, 150)), 70, exif), "b.jpg"),
            }
        )
        checked = branches.send("psec", again, "check", 200)
        read = words(checked)
        assert "和以前一次会的很像" in read and "像是别的日子拍的" in read and "几乎一样" in read
        # Where the hall lies nobody has said: nothing is told about the place, until it stands among the facilities.
        assert "别的地方" not in read
        hall(107.32)
        assert "像是在别的地方拍的" in words(branches.send("psec", again | anew(), "check", 200))
        hall(107.89)  # one of that name lies where the picture was taken
        assert "别的地方" not in words(branches.send("psec", again | anew(), "check", 200))
        assert "只有您看得到这句话，不会记下来" in read
        # A face is a hint too, no refusal: members at work belong to their evening.
        assert "看得到人脸" not in read
        faced = again | {"paper": given(drawn_face(), "c.jpg")}
        assert "看得到人脸" in words(branches.send("psec", faced, "check", 200))
        # She may go on; nothing of it is anywhere.
        where = str(branches.send("psec", fields(checked.content.decode()))["Location"])
        for who in ("psec", "pabove"):
            assert "很像" not in branches.read(who, where) and "几乎一样" not in branches.read(who, where)
        assert tables_with(["很像", "几乎一样", "2026:10:01", "别的地方", "看得到人脸"]) == {
            "很像": set(),
            "几乎一样": set(),
            "2026:10:01": set(),
            "别的地方": set(),
            "看得到人脸": set(),
        }


def test_no_kind_of_fact_and_no_measure_could_hold_a_hint() -> None:
    import msgspec

    from baodao.ledger.registry import _kinds

    words_ = ("hint", "similar", "copied", "duplicate", "seen_before", "suspicion", "differs")
    for name, kind in _kinds.items():
        assert not [
            f.name for f in msgspec.structs.fields(kind.struct) if any(w in f.name for w in words_)
        ], name
