"""The ground under every test: one database engine a run, no network, a clock that can stand elsewhere.

    pytest tests/…                        SQLite, a real file in WAL mode
    pytest --database=postgres tests/…    a private PostgreSQL cluster, gone at the end
    BAODAO_TEST_NOW=2027-01-04T09:00:00+08:00 pytest …    the same with another clock (server processes too)
    BAODAO_TEST_LATE=500 pytest …         what a browser presses is sent half a second later: see support/browser.py

Fixtures: `db` (rolled back), `committed_db` (a copied database of its own), `live` (that one, served by real processes),
`page` (a phone's browser), `wide_page` (a desk's), `engine` ("sqlite" or "postgres").
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.support import browser, guard, packs
from tests.support.databases import Databases, pointed_at
from tests.support.running import Live

ROOT = Path(__file__).resolve().parents[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "baodao.settings"
# Playwright's loop runs in the test's thread; our code has no async part that this check could protect.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
HOME = "HOUSE_TEST_HOME"
#: What is the same on both databases, or dear: on SQLite in every run, on both in the long one. Stories drive a browser on both.
ONCE = (
    ROOT / "tests" / "browser",
    ROOT / "tests" / "faults" / "test_kills.py",
    ROOT / "tests" / "faults" / "test_processes.py",
    ROOT / "tests" / "simulate",
    ROOT / "tests" / "packs",
    # Every route as every role: what answers is decided above the database.
    ROOT / "tests" / "security" / "test_idor.py",
    ROOT / "tests" / "security" / "test_reach.py",
    ROOT / "tests" / "security" / "test_marks.py",
    ROOT / "tests" / "matters" / "test_importing.py",
    ROOT / "tests" / "api" / "test_schema.py",
    ROOT / "tests" / "matters" / "test_whistle_desk_browser.py",
    ROOT / "tests" / "places" / "test_geofile.py",
    ROOT / "tests" / "stories" / "test_F06_merged.py",
)
DATABASE = {"db", "committed_db", "databases", "django_db_setup", "engine"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """--database; --after-sqlite: a run on PostgreSQL leaves out what the same run on SQLite has said already."""
    parser.addoption(
        "--database", choices=["sqlite", "postgres"], default=os.environ.get("BAODAO_TEST_DATABASE", "sqlite")
    )
    parser.addoption("--after-sqlite", action="store_true", default=False)


class Run:
    """What one run owns: a folder, and with PostgreSQL a cluster. Made by the controller, seen by its workers."""

    def __init__(self, config: pytest.Config) -> None:
        self.owner = not hasattr(config, "workerinput")
        self.cluster: Any = None
        if self.owner:
            if config.getoption("database") == "sqlite":
                os.environ.pop("BAODAO_TEST_PG", None)
            self.home = Path(tempfile.mkdtemp(prefix="baodao-test-"))
            os.environ[HOME] = str(self.home)
            if config.getoption("database") == "postgres" and not os.environ.get("BAODAO_TEST_PG"):
                self._start_cluster()
        self.home = Path(os.environ[HOME])
        self.worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        server = os.environ.get("BAODAO_TEST_PG", "")
        self.databases = Databases(self.home, server, self.worker)
        self.data = self.home / f"data-{self.worker}"
        (self.data / "keys").mkdir(parents=True, exist_ok=True)
        (self.data / "static").mkdir(exist_ok=True)
        (self.data / "keys" / "secret").write_text("only for tests, never for a deployment " * 2)

    def _start_cluster(self) -> None:
        from tests.support.cluster import Cluster, sweep

        sweep()
        self.cluster = Cluster()
        self.cluster.start()
        os.environ["BAODAO_TEST_PG"] = self.cluster.url("postgres")

    def end(self) -> None:
        """Stop the cluster and remove the folder."""
        if self.cluster:
            self.cluster.remove()
            os.environ.pop("BAODAO_TEST_PG", None)
        if self.owner:
            shutil.rmtree(self.home, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before Django reads it."""
    if config.option.help or config.option.collectonly:
        return
    for name in [n for n in os.environ if n.startswith("BAODAO_") and not n.startswith("BAODAO_TEST_")]:
        # A developer's own settings must not reach the tests (BAODAO_SHARED only names a folder of sample data).
        if name != "BAODAO_SHARED":
            del os.environ[name]
    run = Run(config)
    config.stash[RUN] = run
    os.environ["BAODAO_DATABASE"] = run.databases.url(f"baodao_{run.worker}")
    os.environ["BAODAO_DATA"] = str(run.data)
    if run.owner:
        # Texts that were just translated speak English in the tests too.
        from scripts.translations import compile_mo

        compile_mo()
    guard.block()
    if now := os.environ.get("BAODAO_TEST_NOW"):
        from tests.clock.testclock import start

        # All processes of the run share one moved clock: see tests/clock.
        start(now)
    # pytest-django sets Django up by itself only when its settings were read before: test modules import models.
    import django

    django.setup()
    packs.remember()


RUN: pytest.StashKey[Run] = pytest.StashKey()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers inherit the controller's environment. They must not load Django before their own database is named."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also after Ctrl-C; after signal 9 the cluster dies by itself (see cluster.py)."""
    if run := config.stash.get(RUN, None):
        run.end()


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database this run is about."""
    now = os.environ.get("BAODAO_TEST_NOW", "")
    return f"database: {config.getoption('database')}" + (f", clock at {now}" if now else "")


#: Files that take longest, the longest first: begun last, one of them would keep a single worker busy at the end.
HEAVY = [
    ROOT / "tests" / name
    for name in (
        "security/test_idor.py", "api/test_schema.py", "faults/test_processes.py", "security/test_reach.py", "browser/test_people.py",
        "browser/test_shown.py", "stories/test_F06_merged.py", "browser/test_report.py", "api/test_sync_out.py", "browser/test_patrols.py",
        "ledger/test_order.py", "browser/test_desk.py", "places/test_geofile.py", "stories/test_W02_members_report.py",
        "stories/test_D02_whistle.py", "matters/test_legsheet.py", "faults/test_kills.py", "stories/test_F06_solved.py",
        "gather/service/test_limits.py", "packs/test_five.py", "browser/test_district.py", "faults/test_restart.py",
    )
]  # fmt: skip


#: The same of the long run.
LONGEST = [
    ROOT / "tests" / name
    for name in ("simulate/test_demo.py", "simulate/test_life.py", "matters/test_walks_all.py", "security/test_hostile.py")
]  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`long` tests run only when -m names them; `sqlite` and `postgres` tests only on theirs; with
    --after-sqlite those of ONCE and what asks no database run on SQLite alone. What takes longest comes first."""
    asked = "long" in (config.option.markexpr or "")
    weight = {path: place for place, path in enumerate((LONGEST if asked else []) + HEAVY)}
    items.sort(key=lambda item: weight.get(item.path, len(weight)))
    other = {"sqlite": "postgres", "postgres": "sqlite"}[config.getoption("database")]
    dropped = [
        i for i in items if i.get_closest_marker(other) or (i.get_closest_marker("long") and not asked)
    ]
    if other == "sqlite" and config.getoption("after_sqlite"):
        dropped += [i for i in items if any(one in (i.path, *i.path.parents) for one in ONCE)]
        dropped += [i for i in items if not asks_database(i)]
    if dropped:
        gone = {i.nodeid: i for i in dropped}
        config.hook.pytest_deselected(items=list(gone.values()))
        items[:] = [i for i in items if i.nodeid not in gone]


def asks_database(item: pytest.Item) -> bool:
    """Whether a test, or a fixture that it asks for, names the database."""
    return item.get_closest_marker("django_db") is not None or bool(
        DATABASE & set(getattr(item, "fixturenames", ()))
    )


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """The run's databases: `fresh()` makes another copy, `url(name)` names it."""
    return request.config.stash[RUN].databases


@pytest.fixture(scope="session")
def engine(databases: Databases) -> str:
    """sqlite or postgres."""
    return databases.engine


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own set-up replaced: this worker's database is a copy of the template."""
    from django.db import connections

    databases.copy(f"baodao_{databases.worker}")
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def transactional_db() -> None:
    """Refused: flushing tables is what the ledger's triggers forbid."""
    pytest.fail("Use the fixture `committed_db` in place of transactional_db: facts cannot be flushed.")


@pytest.fixture
def committed_db(databases: Databases, django_db_blocker: Any) -> Iterator[Databases]:
    """A database of this test's own, with real commits, threads and processes. `request.node` may use databases.url."""
    name = databases.fresh()
    with django_db_blocker.unblock(), pointed_at(databases, name):
        databases.current = name
        yield databases
    databases.give_back(name)


@pytest.fixture
def live(committed_db: Databases, tmp_path: Path) -> Iterator[Live]:
    """The committed database served by a real web process; `live.url`, `live.client()`, `live.work()`."""
    from django.conf import settings

    running = Live(committed_db.url(committed_db.current), Path(settings.DATA))
    running.serve()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser a worker."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=browser.chromium(), headless=True, args=browser.FLAGS
        )
        yield launched
        launched.close()


def _page(chromium: Any, size: dict[str, int], **options: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    context.set_default_timeout(15_000)
    faults: list[str] = []
    if late := os.environ.get("BAODAO_TEST_LATE"):
        context.add_init_script(browser.LATE.replace("DELAY", str(int(late))))
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults, f"The page's scripts failed: {faults}"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A phone, 390×844."""
    yield from _page(chromium, browser.PHONE, has_touch=True)


@pytest.fixture
def wide_page(chromium: Any) -> Iterator[Any]:
    """A desk, 1440×900."""
    yield from _page(chromium, browser.DESK)


@pytest.fixture
def plain_page(chromium: Any) -> Iterator[Any]:
    """A phone without scripts: what the portal must work on."""
    yield from _page(chromium, browser.PHONE, java_script_enabled=False)


@pytest.fixture
def shared() -> Path:
    """The folder of real sample data that BAODAO_SHARED names, or ../shared; the test is skipped without it."""
    folder = Path(os.environ.get("BAODAO_SHARED") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        pytest.skip("no sample data here: set BAODAO_SHARED to its folder")
    return folder


# A machine that is shared is slow now and then: how long one example took is no fault of the code.
hypothesis_settings.register_profile("shared", deadline=None)
hypothesis_settings.load_profile("shared")
