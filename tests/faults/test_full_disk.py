"""The disk takes no more files: the resident is told, keeps what she typed, and can report without the photo."""

import os
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.faults.build import packs_in
from tests.support.databases import Databases
from tests.support.http import Client
from tests.support.running import Running

# The limit is the web server's alone: only PostgreSQL writes the rows in another process.
pytestmark = [pytest.mark.processes, pytest.mark.postgres]
LIMIT = 60_000


def photo() -> tuple[str, BytesIO, str]:
    """A picture that no encoder makes small."""
    out = BytesIO()
    Image.frombytes("RGB", (400, 300), os.urandom(360_000)).save(out, "JPEG", quality=95)
    out.seek(0)
    return ("x.jpg", out, "image/jpeg")


@pytest.fixture
def client(committed_db: Databases, tmp_path: Path, settings: Any) -> Any:
    from tests.faults.served import keys_in
    from tests.matters.conftest import _forget, build

    data = keys_in(tmp_path / "data")
    settings.PACKS, settings.DATA = str(packs_in(tmp_path / "packs")), data
    _forget()
    build()
    running = Running(committed_db.url(committed_db.current), data)
    running.environment["BAODAO_PACKS"] = settings.PACKS
    command = [sys.executable, "-m", "baodao.cli", "web", "--port", str(running.port), "--workers", "1"]
    running.run("web", ["prlimit", f"--fsize={LIMIT}", *command])
    running.wait_for_web()
    try:
        yield Client(running.url)
    finally:
        running.stop()
        _forget()


def test_a_full_disk_costs_the_photo_not_the_report(client: Client, settings: Any) -> None:
    from baodao.kernel.models import Evidence
    from baodao.matters.models import Matter
    from tests.matters.conftest import A

    def command(page: str) -> str:
        found = re.search(r'name="command" value="([^"]+)"', page)
        assert found
        return found[1]

    first = client.get("/report/").text
    typed = {"do": "send", "kind": "road", "text": "路灯坏了三天", "place": A, "command": command(first)}
    answer = client.post("/report/", data=typed, files={"photo": photo()})
    assert answer.status_code == 503, answer.text[:2000]
    assert "磁盘满了" in answer.text
    assert "路灯坏了三天" in answer.text, "nothing typed is lost"
    assert not Matter.objects.exists()
    assert not Evidence.objects.exists()
    kept = [
        path for path in Path(settings.DATA).rglob("*") if path.is_file() and path.stat().st_size >= LIMIT
    ]
    assert kept == [], "no half a file is left"
    answer = client.post("/report/", data={**typed, "command": command(answer.text)}, allow_redirects=False)
    assert answer.status_code == 303
    assert Matter.objects.count() == 1
