"""The dependency audit finds what it should, and our own lists pass it."""

from datetime import date

from scripts.audit import ROOT, faults, pins, version

GOOD = "django==5.2.19 \\\n    --hash=sha256:aa\n"
KNOWN = 'read = 2026-11-01\n[[weak]]\npackage = "django"\nfixed = "5.2.8"\nid = "CVE-1"\nwhat = "x"\n'
DAY = date(2026, 11, 22)


def test_a_weak_pin_a_missing_hash_and_an_old_list_are_told() -> None:
    assert faults({"a": GOOD}, KNOWN, DAY) == []
    assert "CVE-1" in faults({"a": GOOD.replace("5.2.19", "5.2.7")}, KNOWN, DAY)[0]
    assert "without a hash" in faults({"a": "x==1\n"}, KNOWN, DAY)[0]
    assert "read last" in faults({"a": GOOD}, KNOWN, date(2027, 6, 1))[0]
    assert version("5.2.19") > version("5.2.8rc1")


def test_our_own_lists_pass() -> None:
    folder = ROOT / "requirements"
    lists = {name: (folder / name).read_text("utf-8") for name in ("base.txt", "dev.txt")}
    known = (folder / "advisories.toml").read_text("utf-8")
    assert all(pins(text) for text in lists.values())
    assert faults(lists, known, DAY) == []
