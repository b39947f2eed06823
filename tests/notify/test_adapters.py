"""Adapters against real sockets: what left, what surely did not, and what nobody knows are three things."""

import http.server
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from baodao.notify.adapters import Letter, NotNow, Refused, Unsure, adapter_of
from baodao.notify.adapters.files import FileAdapter
from baodao.notify.gateways import Console, Gateways, Http, Smtp, read_gateways
from tests.support.running import free_port

PHONE = "13912345678"
LETTER = Letter("notice-7", "sms", PHONE, "", '【报到】编号 "FL-1" 到了 {key} https://fl.example.org/m/FL-1/')
MAIL = Letter("notice-8", "email", "wang@example.org", "【报到】FL-1", "您的 FL-1 有新进展。\n")


def http_gateway(port: int, **more: Any) -> Http:
    body = '{"to": {to}, "content": {text}, "id": {key}}'
    return Http(url=f"http://127.0.0.1:{port}/send?v=1", body=body, timeout=1.0, **more)


class Server:
    """Answers each POST with `status`, or not at all; keeps what it got."""

    def __init__(self) -> None:
        self.status: int | None = 200
        self.got: list[tuple[str, dict[str, str], str]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.got.append((self.path, dict(self.headers), text))
                if outer.status is None:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_letter_is_one_post_with_its_key(server: Server) -> None:
    adapter_of(http_gateway(server.port, headers={"Authorization": "Bearer x"})).send(LETTER)
    ((path, headers, text),) = server.got
    assert path == "/send?v=1"
    assert (headers["Idempotency-Key"], headers["Authorization"]) == ("notice-7", "Bearer x")
    # A text that itself looks like a slot is not filled again, and quotes stay inside their string.
    assert json.loads(text) == {"to": PHONE, "content": LETTER.body, "id": "notice-7"}


@pytest.mark.parametrize(
    ("status", "once", "error"),
    [
        (429, False, NotNow),
        (503, False, NotNow),
        (400, False, Refused),
        (404, True, Refused),
        (302, False, Unsure),
        (500, False, Unsure),
        (500, True, NotNow),
        (None, False, Unsure),
        (None, True, NotNow),
    ],
)
def test_answers_are_told_apart(
    server: Server, status: int | None, once: bool, error: type[Exception]
) -> None:
    server.status = status
    with pytest.raises(error):
        adapter_of(http_gateway(server.port, same_key_once=once)).send(LETTER)
    assert len(server.got) == 1, "one try, and no redirect is followed"


def test_a_gateway_that_is_not_there_surely_got_nothing() -> None:
    with pytest.raises(NotNow):
        adapter_of(http_gateway(free_port())).send(LETTER)


def test_only_a_promise_makes_repeating_safe() -> None:
    assert adapter_of(http_gateway(1)).was_sent("notice-7") is None
    assert adapter_of(http_gateway(1, same_key_once=True)).was_sent("notice-7") is False


def test_a_file_is_written_once_and_shows_no_address(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    adapter = FileAdapter()
    assert adapter.was_sent("notice-7") is False
    adapter.send(LETTER)
    adapter.send(Letter("notice-7", "sms", PHONE, "", "another text"))
    assert adapter.was_sent("notice-7") is True
    (path,) = (tmp_path / "outbox" / "notices").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    held = json.loads(path.read_text("utf-8"))
    assert held["body"] == LETTER.body
    assert PHONE not in path.read_text("utf-8")
    assert held["to"].endswith("5678") or "*" in held["to"]


def test_the_console_shows_what_went_and_no_address(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DATA = tmp_path
    adapter_of(Console()).send(LETTER)
    shown = capsys.readouterr().err
    assert "FL-1" in shown
    assert PHONE not in shown


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server of a few lines. `at` names the command at which it answers `code` or hangs up (0)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.at, self.code = "", 0
        self.mails: list[str] = []
        super().__init__(("127.0.0.1", 0), Talk)


class Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 hello")
        while line := self.rfile.readline().decode(errors="replace").strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word == self.server.at:
                if not self.server.code:
                    return
                self._say(f"{self.server.code} no")
            elif word == "DATA":
                self._say("354 go on")
                text = []
                while (part := self.rfile.readline().decode()) not in ("", ".\r\n"):
                    text.append(part)
                self.server.mails.append("".join(text))
                if self.server.at == "END":
                    return
                self._say("250 ok")
            else:
                self._say("250 ok" if word != "QUIT" else "221 bye")
                if word == "QUIT":
                    return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def mail(mailbox: Mailbox) -> Any:
    port = mailbox.server_address[1]
    return adapter_of(
        Smtp(host="127.0.0.1", port=port, security="none", sender="baodao@example.org", timeout=2.0)
    )


def test_a_mail_has_its_key_as_id(mailbox: Mailbox) -> None:
    mail(mailbox).send(MAIL)
    (text,) = mailbox.mails
    assert "Message-ID: <notice-8@example.org>" in text
    assert "Auto-Submitted: auto-generated" in text


@pytest.mark.parametrize(
    ("at", "code", "error"),
    [
        ("EHLO", 0, NotNow),
        ("RCPT", 550, Refused),
        ("RCPT", 450, NotNow),
        ("MAIL", 452, NotNow),
        ("DATA", 554, Refused),
        ("END", 0, Unsure),
    ],
)
def test_what_the_mail_server_says_is_told_apart(
    mailbox: Mailbox, at: str, code: int, error: type[Exception]
) -> None:
    mailbox.at, mailbox.code = at, code
    with pytest.raises(error):
        mail(mailbox).send(MAIL)


def test_a_failed_goodbye_changes_nothing(mailbox: Mailbox) -> None:
    mailbox.at, mailbox.code = "QUIT", 0
    mail(mailbox).send(MAIL)
    assert len(mailbox.mails) == 1


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    def do(text: str) -> str:
        path = tmp_path / "gateways.toml"
        path.write_text(text, "utf-8")
        read_gateways.cache_clear()
        return str(path)

    return do


def test_without_a_file_both_ways_are_the_console() -> None:
    assert read_gateways("") == Gateways(Console(), Console())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[sms]\nadapter = 'http'\nurl = 'http://sms.example.org/'\nbody = '{to}{text}'", "https"),
        ("[sms]\nadapter = 'http'\nurl = 'https://sms.example.org/'\nbody = '{to}'", "{text}"),
        ("[sms]\nadapter = 'smtp'\nhost = 'x'\nsender = 'y'", "smtp"),
        ("[sms]\nadapter = 'pigeon'", "pigeon"),
        ("[sms]\nadapter = 'file'\ncolour = 'red'", "colour"),
        ("[fax]\nadapter = 'file'", "fax"),
        ("[email]\nadapter = 'smtp'\nhost = 'x'", "sender"),
        ("[email\n", "line 1"),
    ],
)
def test_a_wrong_file_is_told_with_its_key(write: Callable[[str], str], text: str, names: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"gateways\.toml") as told:
        read_gateways(write(text))
    assert names in str(told.value)


def test_the_check_names_a_wrong_file_and_one_that_others_can_read(
    write: Callable[[str], str], settings: Any
) -> None:
    from baodao.notify.checks import gateways_file, ways_out

    settings.GATEWAYS, settings.DEMO = write("[sms]\nadapter = 'pigeon'"), False
    assert [found.id for found in gateways_file()] == ["baodao.E030"]
    settings.GATEWAYS = write("[sms]\nadapter = 'file'")
    Path(settings.GATEWAYS).chmod(0o644)
    assert [found.id for found in gateways_file()] == ["baodao.E031"]
    Path(settings.GATEWAYS).chmod(0o600)
    assert gateways_file() == []
    assert [found.id for found in ways_out()] == ["baodao.W030"]


def test_codes_take_the_gateway_and_without_one_peoples_outbox(
    server: Server, write: Callable[[str], str], settings: Any, tmp_path: Path
) -> None:
    from baodao.notify.codes import plug_in
    from baodao.people import ports

    before = ports._Held.sender
    try:
        ports.set_sender(None)
        settings.GATEWAYS, settings.DATA = "", tmp_path
        plug_in()
        assert not ports.has_sender()
        url = f"http://127.0.0.1:{server.port}/"
        settings.GATEWAYS = write(f"[sms]\nadapter = 'http'\nurl = '{url}'\nbody = '[{{to}}, {{text}}]'")
        plug_in()
        ports.send("sms", PHONE, "验证码 123456")
        assert json.loads(server.got[0][2]) == [PHONE, "验证码 123456"]
        ports.send("email", "wang@example.org", "验证码 654321")
        assert len(server.got) == 1
        assert "654321" in (tmp_path / "outbox" / "codes.jsonl").read_text("utf-8")
    finally:
        ports.set_sender(before)
