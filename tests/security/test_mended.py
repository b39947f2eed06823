"""Holes that the generated tests found, each asked once more where the matrix does not reach: by the verb itself."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from baodao.kernel.errors import Missing
from baodao.people.door import COOKIE
from tests.support.town import words

from .stock import by
from .world import cookie_of, furnish


def test_nobody_comes_into_a_closed_class_by_answering_its_questions(town: Any) -> None:
    from baodao.gather.courses.programmes.selectors import enrolled
    from baodao.gather.courses.programmes.services import pass_lesson

    world = furnish(town)
    ((slot, _held),) = world.stock["lessons"].items()
    (code,) = world.stock["closed_classes"]
    before = enrolled(code)
    assert len(before) == 1
    for who in ("outsider", "resident", "secretary"):
        with pytest.raises(Missing):
            pass_lesson(by(town, who), slot=slot, right=2, asked=2)
    assert enrolled(code) == before
    assert pass_lesson(by(town, "sibling"), slot=slot, right=2, asked=2)


def test_the_address_of_a_slip_opens_nothing_for_another_reader(town: Any) -> None:
    """The superior reads the request, not the code that is its resident's key."""
    browsers = {who: Client() for who in ("secretary", "superior")}
    for who, browser in browsers.items():
        browser.cookies[COOKIE] = cookie_of(town.uids[who])
    typed = {
        "command": "slip-1",
        "do": "send",
        "kind": "road",
        "text": "井盖响。",
        "place": "500102001001-01",
        "behalf": "1",
        "consent": "yes",
        "name": "李婆婆",
    }
    sent = browsers["secretary"].post("/desk/report/", typed)
    assert sent.status_code == 303, words(sent)
    assert browsers["secretary"].get(sent["Location"]).status_code == 200
    number = sent["Location"].split("/")[3]
    assert browsers["superior"].get(f"/desk/matters/{number}/").status_code == 200
    assert browsers["superior"].get(sent["Location"]).status_code == 403


def test_files_that_nobody_signed_for_are_limited_before_they_are_kept(town: Any) -> None:
    """A form that is only looked at keeps its pictures too: not without end, and whoever comes later is told when."""
    from baodao.kernel.models import Evidence
    from baodao.matters.portal import report
    from baodao.people.services.throttle import Rule

    visitor = Client()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "PHOTO_FILES", Rule("photo_address", 2, 3600))
        typed = {"command": "many", "do": "preview", "kind": "road", "text": "井盖响。"}
        photos = [SimpleUploadedFile(f"{n}.png", picture_of(n), "image/png") for n in range(4)]
        answer = visitor.post("/report/", {**typed, "photo": photos})
        assert answer.status_code == 429
        assert "试的次数太多了" in words(answer)
    assert Evidence.objects.count() == 2


def picture_of(n: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (n, 90, 90)).save(out, "PNG")
    return out.getvalue()
