"""House rules that no general tool checks (design page, section 3). Prints `file:line: what is wrong → what to do`; exits 1 if any.

python scripts/house.py
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400

# The doors at which wall time may enter: each builds an Act, runs a timer, or says which year it is.
CLOCK_DOORS = {
    "simulate/fill.py": "rows in bulk for benchmarks only",
    "simulate/bulk.py": "rows in bulk for benchmarks only",
    "matters/jobs.py": "builds the Act of an import that runs as a job",
    "matters/caches.py": "a rebuild shares open stakes by the trees of today",
    "orgs/handover/caches.py": "`baodao doctor` asks who has left by today",
    "orgs/selectors.py": "the day of a page that only reads",
    "kernel/beats.py": "the timer",
    "kernel/jobs.py": "heartbeats of jobs",
    "kernel/jinja.py": "leaves out the year when it is this one",
    "ledger/readers.py": "back-off of readers",
    "people/door.py": "builds the Act of a page",
    "people/vault.py": "dates a new key",
    "gather/keys.py": "dates a new key",
    "api/door.py": "builds the Act of a call",
    "api/sync/sender.py": "the moment of a signature",
    "api/sync/services.py": "a reader with effects outside looks at the real time",
    "matters/legsheet/jobs.py": "builds the Acts of a sheet that is applied as a job",
    "notify/services.py": "a reader with effects outside looks at the real time",
}
CLOCK_DOOR_FOLDERS = ("management/commands/",)
# Writes outside the services of an app, each with its reason.
WRITERS = {
    "simulate/fill.py": "rows in bulk for benchmarks only",
    "simulate/bulk.py": "rows in bulk for benchmarks only",
    "kernel/evidence/files.py": "a row of evidence describes a file on the disk; facts name its digest",
    "api/sync/sender.py": "states of a delivery are the sender's own, never a fact",
    "kernel/jobs.py": "a job row is the runner's own state, never a fact",
    "notify/sender.py": "states of a delivery are the sender's own, never a fact",
    "people/door.py": "sessions",
    "matters/succession/restake.py": "how far lists follow the trees is the beat's own state, never a fact",
    "orgs/powers/seconds.py": "an act that waited in vain leaves nothing behind: it never happened",
    "gather/enclosing.py": "a rebuild of its table from the facts",
    "gather/courses/programmes/refold.py": "a rebuild of its tables from the facts",
}
WRITER_NAMES = {"services.py", "erasers.py", "caches.py"}
PAGES = {"portal", "desk", "api"}
NOT_PAGES = {"models.py", "services.py", "selectors.py", "erasers.py", "facts.py", "feed.py", "sender.py"}
SAVING = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ON_MANAGER = {"create", "update", "delete", *SAVING}
GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "gettext_noop",
    "N_",
}
HAN = re.compile(r"[\u4e00-\u9fff]")
# Words that are matter, not interface: what is looked for in texts, official names, drawn worlds, bilingual formats.
WORDS = re.compile(
    r"orgs/(words|matrix)|matters/words|places/maps|importing/|kernel/(text|private|seed|jinja|calendar|tables/|management/commands/calendar)|simulate/|/migrations/|divisions|people/normalise|matters/lawful"
)

Finding = tuple[Path, int, str]


def chain(node: ast.expr) -> list[str]:
    """The names of a dotted expression from left to right, calls passed through: `A.objects.filter(…).x` → A, objects, filter, x."""
    names: list[str] = []
    here: ast.expr = node
    while True:
        if isinstance(here, ast.Call):
            here = here.func
        elif isinstance(here, ast.Attribute):
            names.append(here.attr)
            here = here.value
        elif isinstance(here, ast.Subscript):
            here = here.value
        else:
            if isinstance(here, ast.Name):
                names.append(here.id)
            return names[::-1]


def clock(path: Path, inside: str, tree: ast.Module) -> Iterator[Finding]:
    """Wall time outside the doors."""
    if inside in CLOCK_DOORS or any(folder in inside for folder in CLOCK_DOOR_FOLDERS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = chain(node.func)
            wall = names[-1:] in (["now"], ["utcnow"], ["today"], ["localdate"]) and names[-2:-1] in (
                ["timezone"],
                ["datetime"],
                ["date"],
            )
            if (wall and not (names[-1] == "localdate" and node.args)) or names == ["time", "time"]:
                yield (
                    path,
                    node.lineno,
                    f"{'.'.join(names)}() reads the wall clock → take `by.noted`, or name the door in scripts/house.py",
                )


def writes(path: Path, inside: str, tree: ast.Module) -> Iterator[Finding]:
    """Model writes outside services and the ledger."""
    free = (
        inside.startswith("ledger/")
        or "/services/" in inside
        or Path(inside).name in WRITER_NAMES
        or inside in WRITERS
    )
    if free or "/migrations/" in inside:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        names = chain(node.func)
        managed = {"objects", "_default_manager", "_base_manager"} & set(names)
        saved = names[-1] == "save" and not node.args and names[0] not in {"book", "image", "picture"}
        if (managed and names[-1] in ON_MANAGER) or names[-1] in SAVING or saved:
            yield path, node.lineno, f"{'.'.join(names)}() writes a row → move it into services under a verb"


def pages(path: Path, inside: str, tree: ast.Module) -> Iterator[Finding]:
    """Pages ask selectors."""
    parts = inside.split("/")
    if (
        not (PAGES & {part.removesuffix(".py") for part in parts[1:]} or parts[0] in PAGES)
        or parts[-1] in NOT_PAGES
    ):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            yield (
                path,
                node.lineno,
                ".objects in a page → ask a selector, which starts from visible_to(actor)",
            )


def words(path: Path, inside: str, tree: ast.Module) -> Iterator[Finding]:
    """Chinese shown to people goes through gettext, or English never sees it."""
    if WORDS.search(inside):
        return
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and chain(node.func)[-1:] and chain(node.func)[-1] in GETTEXT:
            passed.update(id(inner) for inner in ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
    lines = path.read_text().splitlines()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in passed:
            continue
        text = node.value
        if not isinstance(text, str) or not HAN.search(text):
            continue
        if not any("# data" in line for line in lines[node.lineno - 1 : node.end_lineno]):
            yield (
                path,
                node.lineno,
                f"{text[:20]!r} is not translated → _(…), or `# data` if nobody reads it as interface",
            )


# Where a day or a moment is read by trying: what people type in the first, in the others what was written by us.
READERS = {
    "kernel/typed.py": "numbers, days and moments as people type them",
    "kernel/driver.py": "what the database gives",
    "kernel/jinja.py": "the name of a period that was read before",
    "notify/words.py": "what a notice keeps",
}
DIGITS = {"isdigit", "isdecimal", "isnumeric"}


def typed(path: Path, inside: str, tree: ast.Module) -> Iterator[Finding]:
    """What people type is read in one place: numbers (`int` refuses some of what str calls a digit) and days."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in DIGITS and inside != "kernel/typed.py":
            yield (
                path,
                node.lineno,
                f".{node.attr} takes ² for a digit → kernel.typed.whole_number or digits_of",
            )
        if isinstance(node, ast.Try) and inside not in READERS:
            tried = (inner for line in node.body for inner in ast.walk(line))
            if any(isinstance(inner, ast.Attribute) and inner.attr == "fromisoformat" for inner in tried):
                yield (
                    path,
                    node.lineno,
                    "a day is read by trying → kernel.typed.day_in, or name the reader in scripts/house.py",
                )


# A picture of a word beside the word, and both languages side by side.
SPOKEN = re.compile(r"""aria-hidden="true">[^<]*<|"[^"]*" if lang\(\) == "en" else "[^"]*\"""")
MARKUP = re.compile(r"\{#.*?#\}|\{%-?\s*trans.*?endtrans\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}|<!--.*?-->", re.S)
INSIDE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
CALLS = re.compile(
    r"""(?:n?p?gettext|_)\((?:[^()"']|"[^"]*"|'[^']*'|\((?:[^()"']|"[^"]*"|'[^']*')*\))*\)""", re.S
)


def templates() -> Iterator[Finding]:
    """Chinese in a template outside `_()` and `{% trans %}`."""
    for path in sorted((ROOT / "baodao").glob("*/templates/**/*.html")):
        text = SPOKEN.sub("", path.read_text())
        blank = MARKUP.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
        for number, line in enumerate(blank.splitlines(), 1):
            if HAN.search(line):
                yield (
                    path,
                    number,
                    f"{line.strip()[:30]!r} is not translated → {{{{ _(…) }}}} or {{% trans %}}",
                )
        kept = re.sub(
            r"\{#.*?#\}|\{%-?\s*trans.*?endtrans\s*-?%\}",
            lambda m: re.sub(r"[^\n]", " ", m[0]),
            text,
            flags=re.S,
        )
        for found in INSIDE.finditer(kept):
            # A call may hold a call: the inner ones go first.
            if HAN.search(CALLS.sub("", CALLS.sub("", found[0]))):
                line_number = kept.count("\n", 0, found.start()) + 1
                yield path, line_number, f"{found[0][:40]!r} holds Chinese outside _(…)"


def files() -> Iterator[Finding]:
    """Length, and names of migrations."""
    for folder in ("baodao", "scripts", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            inside = path.relative_to(ROOT / folder).as_posix()
            text = path.read_text()
            if "/migrations/" in inside:
                if "_auto_" in path.name:
                    yield path, 1, "a migration without a name → name it by what it does"
                continue
            if (length := text.count("\n")) > LONGEST:
                yield path, length, f"{length} lines, {LONGEST} are allowed → make a folder of the same name"
            if folder == "baodao":
                try:
                    tree = ast.parse(text)
                except SyntaxError as error:
                    yield path, error.lineno or 1, f"cannot be read: {error.msg}"
                    continue
                for rule in (clock, writes, pages, words, typed):
                    yield from rule(path, inside, tree)


def main() -> int:
    """Print all findings."""
    found = [*files(), *templates()]
    for path, line, text in found:
        print(f"{path.relative_to(ROOT)}:{line}: {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
