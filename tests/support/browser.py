"""Debian's chromium through Playwright: never the network, phone and desk sizes, axe from our own copy."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
#: A browser that comes late: what is pressed is sent after this many milliseconds, as on a machine with much to do. A test
#: that looks without waiting fails then every time, not once in twenty runs (pages without scripts come at once).
LATE = """(() => {
  const later = (event, kept, again) => {
    if (kept.comesLate) { kept.comesLate = false; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => { kept.comesLate = true; again(); }, DELAY);
  };
  addEventListener("submit", (e) => later(e, e.target, () => e.target.requestSubmit(e.submitter)), true);
  addEventListener("click", (e) => {
    const link = e.target.closest?.("a[href]");
    if (link) later(e, link, () => link.click());
  }, true);
})()"""
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"


def chromium() -> str:
    """The path of chromium; a clear word when it is missing."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise RuntimeError("chromium is not installed: run make setup")
    return found


def serious(page: Any, *, exclude: tuple[str, ...] = ()) -> list[str]:
    """Axe's serious and critical findings of the page as it stands, one line each with the rule, the element and the help."""
    source = AXE.read_text()
    sums = {
        name: digest for digest, name in map(str.split, (AXE.parent / "SHA256SUMS").read_text().splitlines())
    }
    if hashlib.sha256(source.encode()).hexdigest() != sums[AXE.name]:
        raise RuntimeError(f"{AXE} is not the file of SHA256SUMS")
    page.evaluate(source)
    found = page.evaluate(
        "(exclude) => axe.run({exclude: exclude.map(e => [e])}, {resultTypes: ['violations']})", list(exclude)
    )
    return [
        f"{rule['id']}: {node['html'][:160]} ({rule['help']})"
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
