"""Files of a slot: papers read before it, the photo of a list signed on paper, which is gone on its day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from baodao.gather.models import Enclosed, Seat
from baodao.kernel.models import Evidence
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.services import rebuild
from tests.gather.test_pages import form_of, publish
from tests.support.faces import drawn_face
from tests.support.town import local, words


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(local("03-10 10:00"), tick=False) as moving:
        yield moving


def photo(colour: str = "white") -> Any:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 42.0, 0.0), 3: "E", 4: (107.0, 23.0, 24.0)})
    Image.new("RGB", (60, 40), colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("名单.jpg", out.getvalue(), "image/jpeg")


def press(town: Any, who: str, code: str, do: str, **typed: Any) -> Any:
    desk = town.desk(who)
    return desk.post(f"/desk/gather/{code}/", {**form_of(desk.get(f"/desk/gather/{code}/"), do), **typed})


def test_papers_before_it_are_read_by_those_whom_they_are_meant_for(town: Any, clock: Any) -> None:
    code = publish(town)
    sent = press(town, "secretary", code, "enclose", name="分工表", readers="slot", file=photo("red"))
    assert sent.status_code == 303, words(sent)
    press(town, "secretary", code, "enclose", name="集合地点", readers="seat", file=photo("blue"))
    wrong = press(town, "secretary", code, "enclose", name="", readers="slot", file=photo("green"))
    assert wrong.status_code == 422 and "写这是什么" in words(wrong)
    none = press(town, "secretary", code, "enclose", name="空的", readers="slot")
    assert none.status_code == 422 and "没有选文件" in words(none)
    desk = words(town.desk("secretary").get(f"/desk/gather/{code}/"))
    assert "分工表 看得到这一场的人" in desk and "集合地点 报了名、受邀请的人" in desk
    open_to_all, seated = (Enclosed.objects.get(name=name).digest for name in ("分工表", "集合地点"))
    visitor, resident = town.phone().browser, town.phone("resident").browser
    where = f"/gather/{code}/files/"
    assert "分工表" in words(visitor.get(f"/gather/{code}/")) and "集合地点" not in words(
        visitor.get(f"/gather/{code}/")
    )
    assert visitor.get(f"{where}{open_to_all}/").status_code == 200
    assert visitor.get(f"{where}{seated}/").status_code == 404
    assert resident.get(f"{where}{seated}/").status_code == 404
    resident.post(f"/gather/{code}/", {"do": "join", "command": "j-1"})
    assert resident.get(f"{where}{seated}/").status_code == 200
    # Those above read what is for everybody; taking out is the convener's, and the file goes with it.
    assert town.desk("superior").get(f"/desk/gather/{code}/files/{seated}/").status_code == 404
    assert press(town, "secretary", code, f"out-{seated}").status_code == 303
    assert not Enclosed.objects.filter(digest=seated).exists()
    assert resident.get(f"{where}{seated}/").status_code == 404


def test_a_photo_of_the_list_is_the_conveners_and_gone_on_its_day(town: Any, clock: Any) -> None:
    from django.core.management import call_command

    code = publish(town)
    town.phone("resident").browser.post(f"/gather/{code}/", {"do": "join", "command": "j-1"})
    clock.move_to(local("03-14 11:30"))
    page = words(town.desk("superior").get(f"/desk/gather/{code}/"))
    assert "纸上名单" not in page
    # The page says to take the list and no faces; a face that is seen is refused, and nothing of the try is kept.
    held = Evidence.objects.count()
    face = press(
        town, "secretary", code, "list", file=SimpleUploadedFile("a.jpg", drawn_face(), "image/jpeg")
    )
    assert face.status_code == 422 and "看到人脸，请只拍名单" in words(face)
    assert Evidence.objects.count() == held and not Enclosed.objects.exists()
    assert press(town, "secretary", code, "list", file=photo()).status_code == 303
    [kept] = Enclosed.objects.all()
    assert (kept.what, kept.readers, kept.level, kept.until) == ("list", "convener", 2, date(2026, 9, 10))
    own = town.desk("secretary").get(f"/desk/gather/{code}/")
    assert "到 9月10日 周四 自动删除" in words(own)
    where = f"/desk/gather/{code}/files/{kept.digest}/"
    answer = town.desk("secretary").get(where)
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    with Image.open(io.BytesIO(raw)) as opened:
        assert not opened.getexif()  # where it was taken is in no stored byte
    for who in ("superior", "sibling", "head", "auditor", "outsider"):
        assert town.desk(who).get(where).status_code in (403, 404), who
    assert town.phone("resident").browser.get(f"/gather/{code}/files/{kept.digest}/").status_code == 404
    # Presence is entered from it by list, later.
    named = town.desk("secretary").post(f"/desk/gather/{code}/", {"command": "n-1", "do": "names"})
    told = {**form_of(named, "attend"), "s-1": "present", "how": "paper"}
    assert town.desk("secretary").post(f"/desk/gather/{code}/", told).status_code == 303
    assert Seat.objects.get(slot=code).how == "paper"
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before and not [one for one in examine() if "file of" in str(one)]
    # The day after its last day the worker takes it out, and the file goes.
    clock.move_to(local("09-10 23:00"))
    call_command("work", "--once", verbosity=0)
    assert Enclosed.objects.exists()
    clock.move_to(local("09-11 01:00"))
    call_command("work", "--once", verbosity=0)
    assert not Enclosed.objects.exists() and not Evidence.objects.filter(hash=kept.digest).exists()


def test_where_only_heads_are_counted_no_list_is_kept(town: Any, clock: Any) -> None:
    code = publish(town, kind="yard_talk", title="院坝讲堂", seats="")
    clock.move_to(local("03-14 11:30"))
    page = town.desk("secretary").get(f"/desk/gather/{code}/")
    assert 'value="list"' not in page.content.decode()
    sent = town.desk("secretary").post(
        f"/desk/gather/{code}/", {"command": "l-1", "do": "list", "file": photo()}
    )
    assert sent.status_code == 403 and not Enclosed.objects.exists()
