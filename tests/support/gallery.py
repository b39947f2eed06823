"""A gallery of pages with made-up data, to look at them before there is any: `scripts/` never runs it, only people do.

    BAODAO_DEMO=true python -m tests.support.gallery OUT_FOLDER [name …]

takes pictures at 390 and 1440 px of every page in `gallery_pages.PAGES`.
"""

import os
import sys
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.support.gallery_settings")


class Quiet(WSGIRequestHandler):
    """No line per request."""

    def log_message(self, *_args: object) -> None:
        return


def main(out: Path, names: list[str]) -> None:
    """Serve the gallery on a free port and take the pictures."""
    from django.core.wsgi import get_wsgi_application
    from playwright.sync_api import sync_playwright

    from .browser import DESK, FLAGS, PHONE, chromium

    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    from .gallery_pages import PAGES

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, path in PAGES.items():
            if names and name not in names:
                continue
            for size, tag in ((PHONE, "390"), (DESK, "1440")):
                page = browser.new_page(viewport=size, locale="zh-CN")
                page.on("console", lambda m: print("console:", m.text) if m.type == "error" else None)
                page.goto(base + path)
                page.screenshot(path=str(out / f"{name}-{tag}.png"), full_page=True)
                page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
