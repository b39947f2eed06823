"""Start and stay: CPU seconds of a cold `manage.py check`, what it imports, and the memory of a web worker after 200 requests.

.venv/bin/python -m benchmarks.start [--times 3]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

REQUESTS = 200
ADDRESSES = ("/", "/report/", "/sign-in/", "/api/v1/openapi.json")
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory(prefix="baodao-bench-") as home:
        (Path(home) / "static").mkdir()
        os.environ.update(
            BAODAO_DATA=home, BAODAO_DATABASE=f"sqlite:///{home}/bench.sqlite3", BAODAO_LOG_LEVEL="ERROR"
        )
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, check=True)
        costs = [check() for _ in range(times)]
        print(f"manage.py check, CPU seconds: {' '.join(f'{cost:.2f}' for cost in costs)}")
        bare = min(python() for _ in range(times))
        print(f"python -c 'import django; django.setup()' with no app of ours: {bare:.2f}")
        for name, cost, modules in imports()[:12]:
            print(f"  {name:24} {cost / 1000:8.0f} ms  {modules:5} modules")
        print(f"a worker after {REQUESTS} requests: {worker(Path(home))}")


def check() -> float:
    """CPU seconds of one run in a process of its own."""
    return _cpu([sys.executable, "manage.py", "check"])


def python() -> float:
    """The floor: the framework alone, in the same minute."""
    code = (
        "from django.conf import settings; settings.configure("
        "INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes']); import django; django.setup(); "
        "from django.core.management import call_command; call_command('check')"
    )
    return _cpu([sys.executable, "-c", code])


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def imports() -> list[tuple[str, int, int]]:
    """(package, microseconds of its own modules, how many), the dearest first. Wall time: for the order only."""
    command = [sys.executable, "-X", "importtime", "manage.py", "check"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stderr.splitlines()
    cost: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for line in lines:
        own, _bar, name = line.removeprefix("import time:").partition("|")
        if own.strip().isdigit():
            package = name.rpartition("|")[2].strip().split(".")[0]
            cost[package] += int(own)
            count[package] += 1
    return [(name, spent, count[name]) for name, spent in cost.most_common()]


def worker(home: Path) -> str:
    """Resident and private memory of the web's processes after the requests."""
    import requests

    sys.path.insert(0, str(ROOT))
    from tests.support.running import Running

    running = Running(os.environ["BAODAO_DATABASE"], home)
    process = running.spawn("web", "web", "--port", str(running.port))
    try:
        _until_it_answers(running.url)
        answers: Counter[int] = Counter()
        for n in range(REQUESTS):
            answers[requests.get(running.url + ADDRESSES[n % len(ADDRESSES)], timeout=30).status_code] += 1
        return f"{', '.join(_memory(pid) for pid in _family(process.pid))}; answers {dict(answers)}"
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(url: str) -> None:
    import requests

    for _ in range(300):
        try:
            requests.get(url, timeout=30)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the web process does not answer")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _memory(pid: int) -> str:
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    )
    resident, private = (
        int(fields["Rss"].split()[0]) / 1024,
        sum(int(fields[name].split()[0]) for name in ("Private_Clean", "Private_Dirty")) / 1024,
    )
    name = Path(f"/proc/{pid}/comm").read_text().strip()
    return f"{name} {resident:.0f} MB resident ({private:.0f} private)"


if __name__ == "__main__":
    main()
