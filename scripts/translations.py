"""The English catalogue: Chinese texts in the code are the msgids.

python scripts/translations.py update     collect new texts, drop those that are gone, keep translations
python scripts/translations.py check      complete both ways, placeholders equal, nothing fuzzy (part of make lint)
python scripts/translations.py compile    write the .mo file if the .po is newer
python scripts/translations.py missing    print what waits for a translation
"""

import ast
import os
import re
import sys
from collections.abc import Container
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
OPTIONS: dict[str, dict[str, str]] = {
    "**/templates/**.html": {"extensions": "jinja2.ext.do", "trim_blocks": "true", "lstrip_blocks": "true"},
}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
HEAD = b"""msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def collect() -> Catalog:
    """All texts of the code, with the files that hold them."""
    catalog = Catalog(locale="en", project="Baodao", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        ROOT / "baodao", METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for name, _line, message, comments, context in found:
        if message and message != ("", ""):
            catalog.add(message, None, [(f"baodao/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def load() -> Catalog:
    """The catalogue as it lies there; an empty one at first."""
    if not PO.exists():
        return Catalog(locale="en", project="Baodao", charset="utf-8", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def key(message: Message) -> tuple[str, str]:
    """Context and (first) msgid."""
    return (message.context or "", message.id if isinstance(message.id, str) else message.id[0])


def entries(catalog: Catalog) -> dict[tuple[str, str], Message]:
    """Messages by key, without the header."""
    return {key(message): message for message in catalog if message.id}


def strings(message: Message) -> tuple[str, ...]:
    """All forms of the translation."""
    held: Any = message.string or ""
    return (held,) if isinstance(held, str) else tuple(map(str, held))


def write(catalog: Catalog) -> None:
    """Put the catalogue in its place in one step: two who collect at once must not mix their bytes."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    scratch = PO.with_suffix(f".{os.getpid()}")
    with scratch.open("wb") as file:
        file.write(HEAD)
        write_po(file, catalog, width=0, omit_header=True, include_lineno=False, sort_output=False)
    scratch.replace(PO)


def update() -> int:
    """Rewrite the catalogue in a stable order: by file, then by text."""
    here, old = collect(), entries(load())
    fresh = Catalog(locale="en", project="Baodao", charset="utf-8", fuzzy=False)
    waiting = 0
    for _key, message in sorted(
        entries(here).items(), key=lambda item: (sorted(item[1].locations)[0], item[0])
    ):
        held = old.get(_key)
        string = held.string if held and "fuzzy" not in held.flags else None
        waiting += not string or not all(strings(held)) if held else 1
        places = sorted({name for name, _ in message.locations})[:3]
        fresh.add(message.id, string, [(name, 0) for name in places], message.flags, context=message.context)
    write(fresh)
    print(f"{len(entries(fresh))} texts, {waiting} without English")
    return 0


def missing() -> list[Message]:
    """What has no English yet, in order of the files."""
    held = entries(load())
    return [m for k, m in entries(collect()).items() if k not in held or not all(strings(held[k]))]


def unseen(source: str) -> list[tuple[int, str]]:
    """(line, text) of what is translated within an f-string: the collector takes an f-string for one word and does not find it."""
    within = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.JoinedStr))
    calls = (n for one in within for n in ast.walk(one) if isinstance(n, ast.Call))
    return [
        (call.lineno, str(call.args[0].value))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        if call.args and isinstance(call.args[0], ast.Constant)
    ]


def hidden(here: Container[str]) -> list[str]:
    """Texts that stand only within an f-string, one line each; ``here``: those that the collector finds."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {text!r} stands within an f-string only → take it out, so that it is found"
        for path in sorted((ROOT / "baodao").rglob("*.py"))
        for line, text in unseen(path.read_text())
        if text not in here
    ]


def faults() -> list[str]:
    """Everything wrong with the catalogue, one line each."""
    here, held = entries(collect()), entries(load())
    found = [
        f"{m.locations[0][0]}: no English for {key(m)[1]!r} → make translations, then fill {PO.name}"
        for m in missing()
    ]
    found += [
        f"{PO.name}: {k[1]!r} is in no file any more → make translations" for k in held if k not in here
    ]
    for k, message in held.items():
        if "fuzzy" in message.flags:
            found.append(f"{PO.name}: {k[1]!r} is fuzzy → look at it and take the mark off")
        wanted = sorted(PLACEHOLDER.findall(k[1]))
        for string in filter(None, strings(message)):
            got = sorted(PLACEHOLDER.findall(string))
            if got != wanted and not (message.pluralizable and set(got) <= set(wanted)):
                found.append(f"{PO.name}: {k[1]!r} has {wanted}, its English {got}")
    return found + hidden({text for _context, text in here})


def compile_mo() -> None:
    """Write the binary catalogue if it is older than the text."""
    mo = PO.with_suffix(".mo")
    if PO.exists() and (not mo.exists() or mo.stat().st_mtime < PO.stat().st_mtime):
        scratch = mo.with_suffix(".new")
        with scratch.open("wb") as file:
            write_mo(file, load())
        scratch.replace(mo)


def main(command: str) -> int:
    """One of the four commands."""
    if command == "update":
        return update()
    if command == "compile":
        compile_mo()
        return 0
    if command == "missing":
        for message in missing():
            print(f"{message.locations[0][0]}\t{message.id!r}")
        return 0
    found = faults()
    print("\n".join(found) if found else "Translations are complete both ways.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
