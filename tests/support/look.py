"""Pictures of the demonstration, for people who build pages: never part of a run.

    BAODAO_DEMO=true BAODAO_DATA=/tmp/demo baodao demo --no-serve
    BAODAO_DEMO=true BAODAO_DATA=/tmp/demo python -m tests.support.look OUT ROLE PATH [PATH …]

ROLE is a name of `demo.json` or "-" for a visitor; pictures are taken at 390 and 1440 px.
"""

import json
import os
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baodao.settings")


class Quiet(WSGIRequestHandler):
    """No line per request."""

    def log_message(self, *_args: object) -> None:
        return


class Threaded(ThreadingMixIn, WSGIServer):
    """A browser keeps several connections open."""

    daemon_threads = True


def link_of(told: Any, role: str) -> str:
    """The path of a role's one-click sign-in, wherever `demo.json` keeps it."""
    rows = told.get("roles") or told.get("sign_in") or []
    for row in rows.values() if isinstance(rows, dict) else rows:
        if role in {row.get("role"), row.get("name"), row.get("key")}:
            address = row.get("link") or row.get("sign_in") or row.get("url")
            return urlsplit(address).path
    raise SystemExit(f"no role {role!r} in demo.json: {json.dumps(rows, ensure_ascii=False)[:600]}")


def main(out: Path, role: str, paths: list[str]) -> None:
    """Serve on a free port, sign in, take the pictures."""
    from django.core.wsgi import get_wsgi_application
    from playwright.sync_api import sync_playwright

    from .browser import DESK, FLAGS, PHONE, chromium

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threaded, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    told = json.loads((Path(os.environ["BAODAO_DATA"]) / "demo.json").read_text())
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(locale="zh-CN")
        if role != "-":
            context.new_page().goto(base + link_of(told, role))
        for path in paths:
            name = path.strip("/").replace("/", "_").replace("?", "_") or "home"
            for size, tag in ((PHONE, "390"), (DESK, "1440")):
                page = context.new_page()
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.on("console", lambda m: print("console:", m.text) if m.type == "error" else None)
                answer = page.goto(base + path)
                wide = page.evaluate("document.documentElement.scrollWidth")
                print(
                    answer.status if answer else "?",
                    path,
                    tag,
                    f"wider than the screen: {wide}" if wide > size["width"] else "",
                )
                page.screenshot(path=str(out / f"{name}-{tag}.png"), full_page=True)
                page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
