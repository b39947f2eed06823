"""A pack that breaks under a running server: residents read that the service is being mended, staff what is wrong in which
line; nobody is told that her form is wrong. Mended, it goes on without a restart."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.town import at, words


@pytest.fixture
def own_packs(tmp_path: Path, settings: Any) -> Any:
    """The shipped packs in a folder of their own, read anew before and after."""
    from baodao.kernel.declare import forget_packs

    shutil.copytree(settings.PACKS, tmp_path / "packs")
    settings.PACKS = str(tmp_path / "packs")
    forget_packs()
    yield tmp_path / "packs"
    forget_packs()


def test_a_broken_pack_is_nobodys_form_fault(town: Any, own_packs: Path) -> None:
    from baodao.kernel.declare import forget_packs

    file = own_packs / "fuling" / "request.toml"
    sound = file.read_text()
    with at("11-23 09:00"):
        phone, desk, machine = town.phone("resident"), town.desk("secretary"), town.office("secretary")
        assert phone.browser.get("/report/").status_code == 200
        file.write_text(sound + '\n[procedure.request]\ntitel = "错字"\n')
        forget_packs()
        # A resident: being mended, in plain words, on the form and on sending it; nothing about files.
        for answer in (
            phone.browser.get("/report/"),
            phone.browser.post("/report/", {"text": "路灯不亮", "command": "broken-1"}),
        ):
            assert answer.status_code == 503, words(answer)
            read = words(answer)
            assert "办事的规则正在修" in read, read
            assert "要改一下" not in read
            assert "request.toml" not in read
            assert answer["Retry-After"] == "300"
        # Staff: every page says which line, and that it is nothing they typed.
        for path in ("/desk/", "/desk/start/"):
            read = words(desk.get(path))
            assert "本区的配置读不了" in read, read
            assert "fuling/request.toml" in read
            assert "pack check" in read
        # A machine: not now, in place of an empty list that it would take for the truth.
        answer = machine.browser.get("/api/v1/matters/")
        assert answer.status_code == 503, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Retry-After"] == "300"
        assert "rows" not in answer.json()
        # Mended: it goes on.
        file.write_text(sound)
        assert phone.browser.get("/report/").status_code == 200
        assert "本区的配置读不了" not in words(desk.get("/desk/"))
