"""The arrows of the house hold for what import-linter does not see: relations, migrations, templates; and other rules that
only a running Django can tell."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests import conftest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = next(
    contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract["type"] == "layers"
)
HEIGHT = {name.strip(): -number for number, layer in enumerate(LAYERS) for name in layer.split("|")}
APPS = [config for config in apps.get_app_configs() if config.name.startswith("baodao.")]
HEAVY = {
    "sklearn",
    "ibis",
    "ortools",
    "pandas",
    "duckdb",
    "pyarrow",
    "scipy",
    "chinese_calendar",
    "openpyxl",
    "cv2",
    "hypothesis",
    "pytest",
}


def may(source: str, target: str) -> bool:
    """Whether `source` may know `target`: itself, what lies lower, and nothing for which notify is too narrow."""
    if source == "notify" and target in {"places", "dues", "matters", "measures"}:
        return False
    return source == target or HEIGHT[target] < HEIGHT[source]


def script(name: str) -> ModuleType:
    """A file of scripts/, loaded without being on the path."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rules_of(folder: Path, text: str, inside: str = "matters/thing.py") -> list[str]:
    """What the rules for the house's own code say of a file."""
    house = script("house")
    rules = (house.clock, house.writes, house.pages, house.words, house.typed)
    path, tree = folder / "thing.py", ast.parse(text)
    path.write_text(text, encoding="utf-8")
    return [what for rule in rules for _path, _line, what in rule(path, inside, tree)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("if typed.isdigit(): pass", "takes ² for a digit"),
        ("if typed.isdecimal(): pass", "takes ² for a digit"),
        ("try:\n    day = date.fromisoformat(text)\nexcept ValueError:\n    day = None", "read by trying"),
        ("try:\n    days = [f(datetime.fromisoformat(t)) for t in texts]\nexcept ValueError:\n    pass", "read by trying"),
        ("now = datetime.now()", "wall clock"),
        ("Matter.objects.create(number='x')", "writes a row"),
        ("say = '请重新填写'", "not translated"),
    ],
)  # fmt: skip
def test_a_rule_of_the_house_names_what_breaks_it(tmp_path: Path, text: str, says: str) -> None:
    (found,) = rules_of(tmp_path, text)
    assert says in found


def test_the_rules_of_the_house_let_through_what_is_right(tmp_path: Path) -> None:
    assert rules_of(tmp_path, "day = date.fromisoformat(row[0])\nsay = _('请重新填写')") == []
    reader = "try:\n    day = date.fromisoformat(text)\nexcept ValueError:\n    day = None\nif text.isdigit(): pass"
    assert rules_of(tmp_path, reader, "kernel/typed.py") == []


def test_the_files_that_a_run_knows_by_name_are_there() -> None:
    known = [*conftest.ONCE, *conftest.HEAVY, *conftest.LONGEST]
    assert [path for path in known if not path.exists()] == []
    once = (ROOT / "scripts" / "test_long.sh").read_text()
    assert [p.name for p in conftest.ONCE if p.relative_to(ROOT).as_posix() not in once] == []


def test_every_app_has_its_place() -> None:
    assert {config.label for config in APPS} <= HEIGHT.keys()
    assert may("desk", "kernel")
    assert not may("kernel", "ledger")
    assert not may("notify", "matters")
    assert not may("notify", "dues")
    assert not may("dues", "matters")


@pytest.mark.parametrize("label", [config.label for config in APPS])
def test_relations_point_downward(label: str) -> None:
    for model in apps.get_app_config(label).get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or field.auto_created or not target.__module__.startswith("baodao."):
                continue
            assert may(label, target._meta.app_label), f"{model.__name__}.{field.name} points upward"


def test_migrations_depend_downward() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    seen = 0
    for (label, name), migration in loader.disk_migrations.items():
        if label not in HEIGHT:
            continue
        for target, _ in [*migration.dependencies, *migration.run_before]:
            # A swappable setting stands for the app that it names (people.Account).
            target = "people" if target == "__setting__" else target
            assert target not in HEIGHT or may(label, target), f"{label}.{name} depends on {target}"
            seen += 1
    assert seen > 1


REFERENCE = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([a-z_]+)/""")


def test_templates_name_no_other_app() -> None:
    """An app's template never names another app's or a shell's: the shell hands in `layout`. Kernel's are for all."""
    files = sorted((ROOT / "baodao").glob("*/templates/**/*.html"))
    assert files
    for file in files:
        owner = file.relative_to(ROOT / "baodao").parts[0]
        for name in REFERENCE.findall(file.read_text()):
            assert name in {owner, "kernel"}, f"{file.name} of {owner} names a template of {name}"


def test_a_web_worker_loads_nothing_heavy() -> None:
    """What a worker imports before its first request, with all addresses resolved."""
    code = (
        "import json, sys; from baodao.wsgi import application; from django.urls import get_resolver; "
        "get_resolver().url_patterns; get_resolver()._populate(); "
        "print(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "django" in loaded
    assert not loaded & HEAVY


def test_every_dependency_is_used_and_argued() -> None:
    imports = {
        "pillow": "PIL",
        "psycopg": "django.db.backends.postgresql",
        "python-calamine": "python_calamine",
        "python-dateutil": "dateutil",
        "python-stdnum": "stdnum",
    }
    imports |= {
        "chinesecalendar": "chinese_calendar",
        "argon2-cffi": "Argon2PasswordHasher",
        "setuptools": "setuptools",
    }
    lines = (ROOT / "requirements" / "base.in").read_text().splitlines()
    names = [re.split(r"[<>=\[]", line)[0].lower() for line in lines if line and not line.startswith("#")]
    assert len(names) > 10
    places = [*(ROOT / "baodao").rglob("*.py"), ROOT / "scripts" / "translations.py", ROOT / "pyproject.toml"]
    source = "\n".join(path.read_text() for path in places)
    argued = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text().lower()
    for name in names:
        assert re.search(rf"\b{imports.get(name, name)}\b", source), f"{name} is not used"
        assert f"| {name} |" in argued, f"{name} is not argued in decision 2"


def test_a_text_within_an_f_string_does_not_pass_for_translated() -> None:
    """Four stayed Chinese in English: the collector takes an f-string for one word."""
    translations = script("translations")
    source = "a = f\"x{_('最晚')}\"\nb = _('别的')\nc = f\"{name(_('里面'))}\""
    assert translations.unseen(source) == [(1, "最晚"), (3, "里面")]
    assert (
        translations.hidden(
            {"最晚", "里面"} | {text for _c, text in translations.entries(translations.load())}
        )
        == []
    )
    assert [line for line in translations.hidden(set()) if "baodao/kernel/heads.py" in line]


def test_the_glossary_knows_every_verb_and_fact() -> None:
    from baodao.ledger.registry import kinds

    glossary = (ROOT / "docs" / "glossary.md").read_text()
    known = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", glossary))
    verbs = set(
        re.findall(r'@verb\("([^"]+)"\)', "\n".join(p.read_text() for p in (ROOT / "baodao").rglob("*.py")))
    )
    # Other tests register kinds of their own.
    facts = {kind.name for kind in kinds() if not kind.name.startswith("test.")}
    assert verbs
    assert facts
    assert not (verbs | facts) - known, f"docs/glossary.md lacks {sorted((verbs | facts) - known)}"


BLOCK = re.compile(r"```toml\n(.*?)```", re.S)
SHOWN = [
    (path.relative_to(ROOT).as_posix(), number, block)
    for path in sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "README.en.md"])
    for number, block in enumerate(BLOCK.findall(path.read_text()), 1)
    if "[procedure" in block and "stages =" in block  # parts of one are read by tests/packs/test_docs.py
]


@pytest.mark.parametrize(("file", "number", "block"), SHOWN)
def test_declarations_in_the_docs_are_understood(file: str, number: int, block: str) -> None:
    from baodao.matters.declare import Procedure

    for name, body in tomllib.loads(block)["procedure"].items():
        procedure = msgspec.convert(body, Procedure)
        assert procedure.actions, f"{name} in block {number} of {file} has no action"


def test_the_docs_do_show_declarations() -> None:
    assert SHOWN
