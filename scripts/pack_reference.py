"""The reference of all keys that packs may have, in docs/packs.md, written from the Structs themselves.

python scripts/pack_reference.py update    write it
python scripts/pack_reference.py check     exit 1 if the page differs from the code (part of make lint)
"""

import ast
import inspect
import os
import re
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import msgspec

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "packs.md"
BEGIN, END = "<!-- reference: begin -->", "<!-- reference: end -->"
SOURCE_ROW = (
    '| `source` | `"district"`, `"public"` or `"assumed"` | that of the file | Where the entry is from. |'
)
KINDS = {str: "text", int: "whole number", bool: "true or false", float: "number", type(None): "nothing"}


def keys_told(struct: type[Any]) -> dict[str, str]:
    """Attribute → what the string below it, in the class, says of it."""
    body = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    assert isinstance(body, ast.ClassDef)
    told = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        if not isinstance(before, ast.AnnAssign) or not isinstance(before.target, ast.Name):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            told[before.target.id] = " ".join(str(after.value.value).replace("``", "`").split())
    return told


def kind(hint: Any) -> str:
    """A type in words; closed lists are given whole, patterns as they stand."""
    origin, members = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        metas = [meta for meta in members[1:] if isinstance(meta, msgspec.Meta)]
        return kind(members[0]) + "".join(limits(meta) for meta in metas)
    if origin is typing.Literal:
        return " or ".join(
            f'`"{member}"`' if isinstance(member, str) else f"`{member}`"
            for member in members
            if member != ""
        )
    if origin in (typing.Union, types.UnionType):
        return " or ".join(kind(member) for member in members if member is not type(None))
    if origin in (tuple, list):
        return f"list of {kind(members[0])}"
    if origin is dict:
        return f"table of {kind(members[1])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return KINDS.get(hint, str(hint))


def limits(meta: msgspec.Meta) -> str:
    """What an annotation adds to a type."""
    said = []
    if meta.ge is not None or meta.le is not None:
        said.append(f"{meta.ge}–{meta.le}")
    if meta.min_length is not None or meta.max_length is not None:
        said.append(f"{meta.min_length or 0}–{meta.max_length or '…'} characters")
    if meta.pattern is not None:
        said.append(form(meta.pattern))
    return f" ({', '.join(said)})" if said else ""


def form(pattern: str) -> str:
    """A pattern for people where it is one of the two usual ones: a name, or a closed list of words."""
    if re.fullmatch(r"\^\[a-z\]\[a-z0-9_\](\{0,[0-9]+\}|\*)\$", pattern):
        return "a name: small letters, digits, _"
    words = re.fullmatch(r"\^\(([a-z_|]+)\)\$", pattern)
    return " · ".join(f"`{word}`" for word in words.group(1).split("|")) if words else f"`{pattern}`"


def default(field: Any) -> str:
    """The default as TOML would say it, or "required"."""
    if field.required:
        return "**required**"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None or value in ("", (), [], {}):
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"


def inner(hint: Any) -> Iterator[type[Any]]:
    """The Structs that a type mentions."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for member in typing.get_args(hint):
        yield from inner(member)


def cell(text: str) -> str:
    """Text for a table: a bar inside would end the cell."""
    return text.replace("|", "&#124;") if "`" not in text else re.sub(r"\|", "\\|", text)


def table(struct: type[Any]) -> str:
    """The keys of one Struct."""
    hints, told = typing.get_type_hints(struct, include_extras=True), keys_told(struct)
    rows = ["| key | value | when left out | |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(struct):
        if field.name == "source":
            rows.append(SOURCE_ROW)
            continue
        what = (kind(hints[field.name]), default(field), told.get(field.name, ""))
        rows.append(f"| `{field.encode_name}` | " + " | ".join(cell(text) for text in what) + " |")
    return "\n".join(rows)


def summary(struct: type[Any]) -> str:
    """The docstring, its tables as code."""
    lines = inspect.cleandoc(struct.__doc__ or "").replace("``", "`").splitlines()
    grid = [place for place, line in enumerate(lines) if line.startswith("====")]
    if grid:
        lines[grid[0] : grid[-1] + 1] = ["```text", *lines[grid[0] + 1 : grid[-1]], "```"]
    return "\n".join(lines)


def reference() -> str:
    """The whole reference, sections by name, each Struct once."""
    from baodao.kernel.declare.sections import sections

    out, done = [], set()
    for name, section in sorted(sections().items()):
        where = f"[{name}.…]" if section.many else f"[{name}]"
        out.append(f"## `{where}`")
        todo = [section.struct]
        while todo:
            struct = todo.pop(0)
            if struct in done:
                continue
            done.add(struct)
            head = "" if struct is section.struct else f"### {struct.__name__}\n\n"
            out.append(f"{head}{summary(struct)}\n\n{table(struct)}")
            hints = typing.get_type_hints(struct, include_extras=True)
            todo.extend(found for hint in hints.values() for found in inner(hint))
    return "\n\n".join(out)


def main() -> int:
    """Update or check."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baodao.settings")
    django.setup()
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    wanted = f"{head}{BEGIN}\n\n{reference()}\n\n{END}{tail}"
    if sys.argv[1:] == ["update"]:
        PAGE.write_text(wanted, encoding="utf-8")
    elif wanted != page:
        print("docs/packs.md differs from the code → python scripts/pack_reference.py update")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
