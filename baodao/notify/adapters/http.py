"""A short-message gateway over HTTP: one POST a message, no redirects followed, an answer within the
timeout."""

import http.client
import json
import ssl
from urllib.parse import urlsplit

from baodao.notify.gateways import Http

from .base import Letter, NotNow, Refused, Unsure


class HttpAdapter:
    """The generic gateway of `gateways.Http`."""

    def __init__(self, setting: Http) -> None:
        self.setting = setting

    def send(self, letter: Letter) -> None:
        """2xx: out. 429 and 503 before anything was taken: not now. Other 4xx: refused. Anything after which
        the gateway may have taken it is unsure, unless it promises to deliver a key once."""
        status = self._post(letter)
        if 200 <= status < 300:
            return
        if status in {429, 503}:
            raise NotNow(str(status))
        if 400 <= status < 500:
            raise Refused(str(status))
        raise self._open(f"status {status}")

    def was_sent(self, key: str) -> bool | None:
        """Repeating is safe where the key is delivered once; else nobody can tell."""
        return False if self.setting.same_key_once else None

    def _open(self, why: str) -> Exception:
        return NotNow(why) if self.setting.same_key_once else Unsure(why)

    def _post(self, letter: Letter) -> int:
        parts = urlsplit(self.setting.url)
        assert parts.hostname
        host, timeout = parts.hostname, self.setting.timeout
        connection = (
            http.client.HTTPSConnection(
                host, parts.port, timeout=timeout, context=ssl.create_default_context()
            )
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, parts.port, timeout=timeout)
        )
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NotNow(type(error).__name__) from None
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "Idempotency-Key": letter.key,
                **self.setting.headers,
            }
            try:
                connection.request("POST", path, self._body(letter).encode(), headers)
                answer = connection.getresponse()
                answer.read(65_536)
            except (OSError, http.client.HTTPException) as error:
                raise self._open(type(error).__name__) from None
            return answer.status
        finally:
            connection.close()

    def _body(self, letter: Letter) -> str:
        # One pass over the template: a text that itself holds "{to}" is not filled again.
        filled = {"{to}": letter.to, "{text}": letter.body, "{key}": letter.key}
        body, rest = "", self.setting.body
        while rest:
            at, name = min(((rest.find(n), n) for n in filled if n in rest), default=(len(rest), ""))
            body += rest[:at] + (json.dumps(filled[name], ensure_ascii=False) if name else "")
            rest = rest[at + len(name) :] if name else ""
        return body
