"""The dependency audit, without a network: every pin has hashes, none is below what `requirements/advisories.toml` calls fixed,
and somebody has read the advisories within the last four months."""

import datetime
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
#: After so long the list is no answer any more.
STALE = datetime.timedelta(days=120)


def pins(text: str) -> dict[str, tuple[str, int]]:
    """package → (version, number of hashes) of a compiled list of requirements."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            name = pin[1].lower().replace("_", "-")
            found[name] = (pin[2], 0)
        elif "--hash=sha256:" in line and name:
            found[name] = (found[name][0], found[name][1] + 1)
    return found


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version, for comparison; what follows them (rc1, post1) is left out."""
    return tuple(int(part) for part in re.findall(r"\d+", re.split(r"[a-z]", text, maxsplit=1)[0]))


def faults(lists: dict[str, str], advisories: str, today: datetime.date) -> list[str]:
    """One line for each thing that is wrong. ``lists``: name of the file → its text."""
    known = tomllib.loads(advisories)
    wrong = []
    if today - known["read"] > STALE:
        wrong.append(
            f"advisories.toml was read last on {known['read']}: read the advisories again and set `read`"
        )
    for where, text in lists.items():
        held = pins(text)
        wrong += [
            f"{where}: {name} is pinned without a hash" for name, (_at, hashes) in held.items() if not hashes
        ]
        for weak in known["weak"]:
            at = held.get(weak["package"], ("", 0))[0]
            if at and version(at) < version(weak["fixed"]):
                wrong.append(
                    f"{where}: {weak['package']} {at} has {weak['id']} ({weak['what']}), fixed in {weak['fixed']}"
                )
    return wrong


def main() -> int:
    """Print the faults; 1 when there are any."""
    folder = ROOT / "requirements"
    lists = {name: (folder / name).read_text("utf-8") for name in ("base.txt", "dev.txt")}
    wrong = faults(
        lists, (folder / "advisories.toml").read_text("utf-8"), datetime.datetime.now(tz=datetime.UTC).date()
    )
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
