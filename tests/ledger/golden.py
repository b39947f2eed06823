"""Golden facts: the canonical bytes and the leaf of one fact of each kind, as the first release wrote them.

    python -m tests.ledger.golden       write files for kinds that have none yet; never touches one that is there

What lies in tests/golden is never edited: the seal of past years rests on these bytes, and what a fact left out is what usual.json says.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "facts"
USUAL = FOLDER.parent / "usual.json"
WHEN = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


def path_of(name: str, v: int) -> Path:
    """The file of one version of one kind."""
    return FOLDER / f"{name}.v{v}.json"


def sample(struct: type[msgspec.Struct]) -> Any:
    """An instance in which every field is set, the same at each run."""
    return msgspec.convert(_of(inspect.type_info(struct), ""), struct)


def _of(node: Any, name: str) -> Any:
    """Builtins for one type; `name` of the field makes neighbours differ."""
    number = int(hashlib.sha256(name.encode()).hexdigest()[:4], 16)
    match node:
        case inspect.StructType(fields=fields):
            return {f.encode_name: _of(f.type, f.name) for f in fields}
        case inspect.StrType(pattern=pattern):
            return _text(pattern or "", name)
        case inspect.BoolType():
            return bool(number % 2)
        case inspect.IntType(ge=low, le=high):
            least, most = low or 0, high or 99_999
            return least + number % (most - least + 1)
        case inspect.LiteralType(values=values):
            return values[number % len(values)]
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case inspect.DateType():
            return "2026-11-22"
        case inspect.DateTimeType():
            return "2026-11-22T01:02:03Z"
        case inspect.NoneType():
            return None
        case inspect.DictType(key_type=key, value_type=value):
            return {_of(key, f"{name}.{n}"): _of(value, f"{name}.{n}") for n in (1, 2)}
        case inspect.UnionType(types=types):
            return _of(next(t for t in types if not isinstance(t, inspect.NoneType)), name)
        case inspect.TupleType(item_types=items):
            return [_of(item, f"{name}.{n}") for n, item in enumerate(items)]
        case inspect.Metadata(type=inner):
            return _of(inner, name)
        case _ if hasattr(node, "item_type"):
            return [_of(node.item_type, f"{name}.{n}") for n in (1, 2)]
    raise TypeError(f"no sample for {node!r}: add the type here")


def _text(pattern: str, name: str) -> str:
    if "T" in pattern and "Z" in pattern:
        return "2026-11-22T01:02:03Z"
    if pattern == r"^\d{4}-\d{2}-\d{2}$":
        return "2026-11-22"
    return (name or "code").replace("_", "-")[:40]


def make(name: str, v: int, unit: str, struct: type[msgspec.Struct]) -> dict[str, Any]:
    """What the file of a kind holds: the columns, their canonical text, the leaf in hex."""
    from baodao.ledger.canonical import canonical_bytes, leaf_hash
    from baodao.ledger.registry import encode

    columns = {
        "command": f"golden-{name}", "kind": name, "v": v, "happened": WHEN, "precision": "second", "noted": WHEN,
        "origin": "live", "level": 1, "subject": "matter:FL-2026-000123", "about": "leg:1", "org": "500102001",
        "place": "500102001001", "person": "0123456789abcdef0123456789abcdef", "post": "fl-zjw-1",
        "value": 86_400 if unit else None, "data": encode(sample(struct)),
        "commitments": '{"text":"' + hashlib.sha256(b"salt" + "楼上漏水".encode()).hexdigest() + '"}',
        "supersedes": 41, "voids": None, "nonce": hashlib.sha256(name.encode()).digest()[:16],
    }  # fmt: skip
    return {
        "columns": {
            **columns,
            "happened": WHEN.isoformat(),
            "noted": WHEN.isoformat(),
            "nonce": columns["nonce"].hex(),  # type: ignore[union-attr]
        },
        "canonical": canonical_bytes(columns).decode(),
        "leaf": leaf_hash(columns).hex(),
    }


def ours() -> list[Any]:
    """The product's kinds; tests register some of their own."""
    from baodao.ledger.registry import kinds

    return [kind for kind in kinds() if kind.struct.__module__.startswith("baodao.")]


def usual() -> dict[str, dict[str, Any]]:
    """What each field of each kind says where a fact leaves it out, by "kind.vN" and the path to the field."""
    found: dict[str, dict[str, Any]] = {}
    for kind in ours():
        held = found.setdefault(f"{kind.name}.v{kind.v}", {})
        _usual(inspect.type_info(kind.struct), "", held)
    plain: dict[str, dict[str, Any]] = json.loads(
        json.dumps({name: held for name, held in found.items() if held})
    )
    return plain


def _usual(node: Any, where: str, held: dict[str, Any]) -> None:
    from baodao.kernel.lean import usuals

    if isinstance(node, inspect.StructType):
        for _field, name, default in usuals(node.cls):
            if default is not msgspec.NODEFAULT:
                held[f"{where}{name}"] = msgspec.to_builtins(default)
        for field in node.fields:
            _usual(field.type, f"{where}{field.encode_name}.", held)
    for part in ("item_type", "value_type", "type"):
        if hasattr(node, part):
            _usual(getattr(node, part), where, held)
    for inner in (*getattr(node, "types", ()), *getattr(node, "item_types", ())):
        _usual(inner, where, held)


def kept() -> dict[str, dict[str, Any]]:
    """The same as it was written down."""
    found: dict[str, dict[str, Any]] = json.loads(USUAL.read_text("utf-8")) if USUAL.exists() else {}
    return found


def main() -> None:
    """Write what is missing."""
    import django

    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in ours():
        path = path_of(kind.name, kind.v)
        if not path.exists():
            text = json.dumps(make(kind.name, kind.v, kind.unit, kind.struct), ensure_ascii=False, indent=1)
            path.write_text(text + "\n", "utf-8")
            print(f"written: {path.name}")
    old = kept()
    whole = {name: {**held, **old.get(name, {})} for name, held in usual().items()}
    USUAL.write_text(
        json.dumps({**old, **whole}, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
