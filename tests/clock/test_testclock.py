"""The moved clock of a run: a process stands where the run does, and says so when it cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NOW = "2027-01-04T09:00:00+08:00"


@pytest.mark.parametrize(("near", "said"), [("0.005", 0), ("-1", 1)])
def test_a_process_that_stands_apart_says_so(near: str, said: int) -> None:
    program = f"import testclock, datetime; testclock.NEAR = {near}; testclock.start({NOW!r}); print(datetime.datetime.now(datetime.UTC).isoformat())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAODAO_TEST_")}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HERE, env={**environment, "PYTHONPATH": str(HERE)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.startswith("2027-01-04T01:00:0")
    assert ran.stderr.count("apart from the run after 50 tries") == said, ran.stderr
