"""Types that several threads meet for the first time at the same moment: cold they end the process, prepared not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading
from typing import Annotated
import msgspec
from baodao.kernel.structs import prepare

sys.setswitchinterval(1e-6)
Code = Annotated[str, msgspec.Meta(pattern="^[a-z]{0,80}$")]
plain = {f"g{i}": {f"f{j}": "a" for j in range(6)} for i in range(12)}
for n in range(200):
    inner = [msgspec.defstruct(f"I{n}_{i}", [(f"f{j}", Code) for j in range(6)]) for i in range(12)]
    outer = msgspec.defstruct(f"O{n}", [(f"g{i}", inner[i]) for i in range(12)])
    if sys.argv[1] == "prepared":
        # What prepare() does for each type there is; here for the new one only, or it would take minutes.
        msgspec.json.Decoder(outer) if n else prepare()
    start = threading.Barrier(4)

    def go():
        start.wait()
        msgspec.convert(plain, outer)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def ends(how: str) -> int:
    program = [sys.executable, "-c", PROGRAM, how]
    return subprocess.run(
        program, cwd=ROOT, env=os.environ, capture_output=True, check=False, timeout=120
    ).returncode


def test_prepared_types_survive_threads_that_start_together() -> None:
    assert ends("prepared") == 0


def test_without_preparing_they_do_not() -> None:
    """So the test above can fail. When this one is always skipped, msgspec was mended and kernel/structs.py can go."""
    if not any(ends("cold") < 0 for _try in range(3)):
        pytest.skip("the defect was not met: chance, or a mended msgspec")


def test_the_server_prepares_the_types_of_facts_and_bodies() -> None:
    program = "import baodao.wsgi\nassert baodao.wsgi._TYPES > 100\n"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
