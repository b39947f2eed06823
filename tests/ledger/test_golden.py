"""The bytes of facts, fixed for ever: canonical form and leaf of each kind, as tests/golden/facts holds them."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ledger.golden import FOLDER, kept, ours, path_of, usual

FILES = sorted(FOLDER.glob("*.json"))


def held(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    columns = found["columns"]
    for name in ("happened", "noted"):
        columns[name] = datetime.fromisoformat(columns[name])
    columns["nonce"] = bytes.fromhex(columns["nonce"])
    return found


def test_each_kind_has_its_golden_fact() -> None:
    missing = [kind.name for kind in ours() if not path_of(kind.name, kind.v).exists()]
    assert not missing, "a new kind or version: run `python -m tests.ledger.golden` once and commit the file"
    assert len(FILES) >= 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_bytes_and_the_leaf_are_what_they_always_were(path: Path) -> None:
    from baodao.ledger.canonical import canonical_bytes, leaf_hash

    golden = held(path)
    assert canonical_bytes(golden["columns"]).decode() == golden["canonical"]
    assert leaf_hash(golden["columns"]).hex() == golden["leaf"]
    # By the standard's own words, without our code: RFC 9162, 2.1.1.
    assert hashlib.sha256(b"\0" + golden["canonical"].encode()).hexdigest() == golden["leaf"]


def says(now: Any, was: Any) -> bool:
    """Whether all that was said still stands, in tables and structs too."""
    if isinstance(was, dict) and isinstance(now, dict):
        return all(name in now and says(now[name], held) for name, held in was.items())
    return bool(now == was)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_written_can_still_be_read(path: Path) -> None:
    from baodao.ledger.registry import decode, kind_named

    columns = held(path)["columns"]
    data = decode(columns["kind"], columns["v"], columns["data"])
    assert isinstance(data, kind_named(columns["kind"]).struct)
    # Within a kind only optional fields are added: what was there still says the same.
    again = json.loads(msgspec.json.encode(data))
    if columns["v"] == kind_named(columns["kind"]).v:
        assert says(again, json.loads(columns["data"]))


def test_what_a_fact_leaves_out_says_what_it_always_said() -> None:
    old, now = kept(), usual()
    assert old
    changed = [
        (name, path, said, now[name].get(path, "(must be said)"))
        for name, held in old.items()
        for path, said in held.items()
        if name in now and now[name].get(path, "(must be said)") != said
    ]
    assert not changed, (
        "facts that left it out would say something else: give the kind a new version and an upcast"
    )
    missing = {name: sorted(set(held) - set(old.get(name, {}))) for name, held in now.items()}
    assert not any(missing.values()), (
        "a new optional field: run `python -m tests.ledger.golden` once and commit the file"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_left_out_comes_back(path: Path) -> None:
    from baodao.ledger.registry import decode, encode, kind_named

    columns = held(path)["columns"]
    kind = kind_named(columns["kind"])
    whole = msgspec.to_builtins(decode(kind.name, columns["v"], columns["data"]))
    must = {field.encode_name for field in msgspec.structs.fields(kind.struct) if field.required}
    for data in (whole, {name: value for name, value in whole.items() if name in must}):
        struct = msgspec.convert(data, kind.struct)
        text = encode(struct)
        assert decode(kind.name, kind.v, text) == struct
        assert set(json.loads(text)) <= set(data)
