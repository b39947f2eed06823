"""HTTP as a browser without scripts speaks it: cookies, redirects, forms with their CSRF token."""

import re
from typing import Any
from urllib.parse import urljoin

import requests

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Client(requests.Session):
    """A session on one server. After a GET of a page with a form, `post` sends the form's token by itself."""

    def __init__(self, base: str, cookies: dict[str, str] | None = None) -> None:
        super().__init__()
        self.base = base
        self.trust_env = False
        self.token = ""
        self.cookies.update(cookies or {})

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
        """`url` is a path or a whole address."""
        options.setdefault("timeout", 30)
        if method.upper() == "POST" and self.token and isinstance(options.get("data"), dict):
            options["data"] = {"csrfmiddlewaretoken": self.token, **options["data"]}
        answer = super().request(method, urljoin(self.base, url), **options)
        if "html" in answer.headers.get("Content-Type", "") and (found := TOKEN.search(answer.text)):
            self.token = found[1]
        return answer
