"""The bytes of facts, fixed for ever: canonical form and leaf of each kind, as tests/golden/facts holds them."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ledger.golden import FOLDER, ours, path_of

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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_written_can_still_be_read(path: Path) -> None:
    from baodao.ledger.registry import decode, encode, kind_named

    columns = held(path)["columns"]
    data = decode(columns["kind"], columns["v"], columns["data"])
    assert isinstance(data, kind_named(columns["kind"]).struct)
    # Within a kind only optional fields are added: what was there still says the same.
    again = msgspec.json.decode(encode(data))
    if columns["v"] == kind_named(columns["kind"]).v:
        assert {name: again[name] for name in json.loads(columns["data"])} == json.loads(columns["data"])
