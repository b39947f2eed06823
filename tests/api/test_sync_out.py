"""Webhooks: what leaves, to whom, signed; what never leaves; faults of the other side."""

import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext

from tests.api.receiving import Machine, machine
from tests.support.running import CLOCK, Running, free_port
from tests.support.town import OFFICE, A, Town, at, words

TEXT = "路灯不亮，QZXSYNCCANARY，打 13955550202"


@pytest.fixture(autouse=True)
def inside(settings: Any) -> None:
    settings.PRIVATE_PARTNERS = True


@pytest.fixture
def other() -> Iterator[Machine]:
    with machine() as held:
        yield held


def ask(town: Town, who: str, **typed: Any) -> Any:
    """Send the page's form as it stands."""
    desk = town.desk(who)
    page = desk.get("/desk/partners/").content.decode()
    found = re.search(r'name="command" value="([^"]+)"', page)
    assert found, words(page)
    return desk.post("/desk/partners/", {"command": found[1], "do": "register", **typed})


def register(town: Town, url: str, org: str = OFFICE, who: str = "head") -> str:
    """Register on the desk; gives the secret as the page shows it."""
    made = ask(town, who, org=org, title="局里的系统", url=url)
    found = re.search(r"<code[^>]*>([\w-]{40,})</code>", made.content.decode())
    assert found, words(made)
    return found[1]


def to_office(town: Town, **typed: Any) -> str:
    """A request that lies with the bureau."""
    number = town.phone().report(**{"kind": "road", "text": TEXT, **typed})
    town.do("secretary", number, "report_in")
    town.do("secretary", number, "hand_over", org=OFFICE, reason="归住建委管")
    return number


def deliver(now: str | None = None) -> None:
    """Readers, then the sender, until nothing is due."""
    call_command("work", "--once", verbosity=0)


def test_a_leg_is_told_with_codes_and_dues_and_no_word(town: Town, other: Machine) -> None:
    with at("11-23 09:00"):
        secret = register(town, other.url)
        number = to_office(town)
        deliver()
        town.do("handler", number, "report_in")
        town.do("handler", number, "pause", cause="permit", reason="等批 QZXSYNCCANARY", until="2026-12-01")
        town.do("handler", number, "resume")
        town.do("handler", number, "answer", claim="solved", result="修好了 QZXSYNCCANARY")
        deliver()
    assert other.events == ["handed_over", "leg_reported", "paused", "resumed", "leg_answered"]
    first, headers = other.told[0], other.got[0][0]
    assert first["number"] == number
    assert first["org"] == OFFICE
    assert first["codes"]["to_org"] == OFFICE
    assert [leg["state"] for leg in first["legs"]] == ["called"]
    assert {clock["clock"] for clock in first["legs"][0]["clocks"]} == {"report_in_by", "answer_by"}
    assert other.told[2]["codes"] == {"cause": "permit", "until": "2026-12-01"}
    assert other.told[4]["codes"]["claim"] == "solved"
    assert first["delivery"] == headers["Baodao-Delivery"]
    assert first["see"].endswith(f"/api/v1/legs/{number}/1/")
    for headers, body in other.got:
        mine = hmac.new(
            secret.encode(), f"{headers['Baodao-Timestamp']}.".encode() + body, hashlib.sha256
        ).hexdigest()
        assert headers["Baodao-Signature"] == f"v1={mine}"
        assert b"QZXSYNCCANARY" not in body
        assert b"1395555" not in body
    assert len({told["delivery"] for told in other.told}) == 5


def test_only_the_own_organizations_legs_leave_and_nothing_before_it_was_registered(
    town: Town, other: Machine
) -> None:
    with at("11-23 09:00"):
        before = to_office(town)
        register(town, other.url)
        elsewhere = town.phone().report(kind="road", text=TEXT)
        town.do("secretary", elsewhere, "report_in")
        deliver()
        assert other.got == []
        town.do("handler", before, "report_in")
        deliver()
    assert [told["number"] for told in other.told] == [before]


def test_of_a_restricted_matter_only_that_there_is_something(town: Town, other: Machine) -> None:
    with at("11-23 09:00"):
        register(town, other.url, org=A, who="administrator")
        number = town.phone().report(kind="domestic_violence", text=TEXT)
        raised = town.phone().report(kind="road", text=TEXT)
        town.do("secretary", raised, "report_in")
        town.do("secretary", raised, "raise_level", level="2", reason="涉及隐私")
        deliver()
    assert set(other.events) == {"restricted"}
    for told, (_headers, body) in zip(other.told, other.got, strict=True):
        assert set(told) == {"schema", "delivery", "position", "event", "org", "see"}
        assert number.encode() not in body
        assert raised.encode() not in body


def test_simulated_and_belated_facts_never_leave(town: Town, other: Machine) -> None:
    from datetime import timedelta

    from msgspec.structs import replace

    from baodao.api.sync.readers import KINDS, NAME
    from baodao.ledger.readers import readers, wants
    from baodao.ledger.selectors import newer_than

    with at("11-23 09:00"):
        to_office(town)
    fact = newer_than(0, ["matter.handed_over"])[0]
    reader = next(one for one in readers() if one.name == NAME)
    assert wants(reader, fact)
    assert not wants(reader, replace(fact, origin="simulated"))
    assert not wants(reader, replace(fact, noted=fact.noted + timedelta(days=4)))
    assert "matter.rated" not in KINDS
    assert "matter.answered" not in KINDS


def test_a_partner_that_is_down_is_tried_again_then_parked_and_sent_by_hand(
    town: Town, other: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    other.status = 503
    with at("11-23 09:00"):
        register(town, other.url)
        number = to_office(town)
        deliver()
        deliver()
        assert len(other.got) == 1
    for moment in ("11-23 09:02", "11-23 09:10", "11-23 10:00", "11-23 13:00", "11-23 22:00"):
        with at(moment):
            deliver()
            deliver()
    assert len({told["delivery"] for told in other.told}) == 1
    assert len(other.got) == 6
    with at("11-23 22:01"):
        capsys.readouterr()
        call_command("readers")
        assert "status_503, 6 attempts" in capsys.readouterr().out
        page = words(town.desk("head").get("/desk/partners/"))
        assert "有停下的消息" in page
        assert "对方回应 503" in page
        other.status = 200
        code = re.search(
            r'name="partner" value="(\w+)"', town.desk("head").get("/desk/partners/").content.decode()
        )
        assert code
        assert ask(town, "head", do="resend", partner=code[1]).status_code == 303
        deliver()
        capsys.readouterr()
        call_command("readers")
        assert "parked" not in capsys.readouterr().out
    assert other.told[-1]["number"] == number
    assert len(other.got) == 7
    with at("11-23 22:10"):
        assert "有停下的消息" not in words(town.desk("head").get("/desk/partners/"))


def test_the_readers_command_sends_parked_ones_again(town: Town, other: Machine) -> None:
    from baodao.api.models import Delivery

    with at("11-23 09:00"):
        register(town, other.url)
        to_office(town)
        call_command("readers", "--run", verbosity=0)
    other.status = 500
    for moment in ("11-23 09:01", "11-23 09:10", "11-23 10:00", "11-23 11:00", "11-23 14:00", "11-23 23:00"):
        with at(moment):
            deliver()
    assert Delivery.objects.get().state == "parked"
    other.status = 200
    with at("11-24 09:00"):
        call_command("readers", "--replay", "sync", verbosity=0)
        deliver()
    assert Delivery.objects.get().state == "sent"


def test_a_partner_that_hangs_or_redirects_holds_up_nobody(
    town: Town, other: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from baodao.api.models import Delivery
    from baodao.api.sync import outgoing

    monkeypatch.setattr(outgoing, "STEP", 0.3)
    with machine() as slow, machine() as wrong, at("11-23 09:00"):
        slow.delay, wrong.status, wrong.location = 2.0, 302, other.url
        for url in (slow.url, wrong.url, other.url):
            register(town, url)
        to_office(town)
        began = time.monotonic()
        deliver()
        assert time.monotonic() - began < 10
        assert other.events == ["handed_over"]
        errors = set(Delivery.objects.exclude(error="").values_list("error", flat=True))
        assert errors == {"no_answer", "status_302"}
        assert len(wrong.got) == 1


def test_a_stopped_partner_gets_nothing_more_and_a_new_key_signs(town: Town, other: Machine) -> None:
    with at("11-23 09:00"):
        first = register(town, other.url)
        page = town.desk("head").get("/desk/partners/").content.decode()
        code = re.findall(r'name="partner" value="(\w+)"', page)[0]
        renewed = ask(town, "head", do="renew", partner=code)
        second = re.findall(r"<code[^>]*>([\w-]{40,})</code>", renewed.content.decode())[0]
        assert first != second
        number = to_office(town)
        deliver()
        headers, body = other.got[0]
        signed = hmac.new(second.encode(), f"{headers['Baodao-Timestamp']}.".encode() + body, hashlib.sha256)
        assert headers["Baodao-Signature"] == f"v1={signed.hexdigest()}"
        town.do("handler", number, "report_in")
        assert ask(town, "head", do="stop", partner=code).status_code == 303
        deliver()
        assert len(other.got) == 1
        assert ask(town, "head", do="stop", partner=code).status_code == 409


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("head", 200),
        ("administrator", 200),
        ("secretary", 403),
        ("handler", 403),
        ("supervisor", 403),
    ],
)
def test_who_may_register(town: Town, who: str, status: int) -> None:
    desk = town.desk(who)
    assert desk.get("/desk/partners/").status_code == status
    typed = {
        "do": "register",
        "org": OFFICE,
        "title": "系统",
        "url": "http://127.0.0.1:9/x",
        "command": f"x-{who}",
    }
    assert desk.post("/desk/partners/", typed).status_code == status


def test_siblings_and_those_above_keep_no_partner_of_another(town: Town, other: Machine) -> None:
    with at("11-23 09:00"):
        register(town, other.url)
        code = re.findall(
            r'name="partner" value="(\w+)"', town.desk("head").get("/desk/partners/").content.decode()
        )[0]
        # Heads of streets: beside the bureau, and above a community only by their own.
        for who in ("superior", "outsider"):
            assert "局里的系统" not in words(town.desk(who).get("/desk/partners/"))
            assert ask(town, who, org=OFFICE, title="x", url=other.url).status_code == 403
            assert ask(town, who, org=A, title="x", url=other.url).status_code == 403
            for do in ("stop", "renew", "resend"):
                assert ask(town, who, do=do, partner=code).status_code == 403
        assert "局里的系统" in words(town.desk("administrator").get("/desk/partners/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "ftp://example.org/x",
        "https://",
        "https://user:word@example.org/",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.1.2.3/x",
        "https://192.168.1.9/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::a00:1]/x",
        "https://[fe80::1]/x",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://example.org:0/",
        "https://exa mple.org/",
        "http://127.0.0.1:8000/x",
    ],
)
def test_no_address_leads_into_the_own_network(town: Town, settings: Any, url: str) -> None:
    from baodao.api.models import Partner

    settings.PRIVATE_PARTNERS = False
    answer = ask(town, "head", org=OFFICE, title="系统", url=url)
    assert answer.status_code == 422, words(answer)
    assert not Partner.objects.exists()


def test_link_local_stays_shut_and_a_name_is_judged_at_each_sending(
    town: Town, other: Machine, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from baodao.api.models import Delivery

    assert ask(town, "head", org=OFFICE, title="x", url="https://169.254.169.254/").status_code == 422
    with at("11-23 09:00"):
        register(town, other.url)
        to_office(town)
        settings.PRIVATE_PARTNERS = False
        settings.DEMO = True
        monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("169.254.169.254", 80))])
        deliver()
    assert other.got == []
    assert Delivery.objects.get().error == "shut"


def test_the_secret_is_shown_once_sealed_and_moves_with_the_keys(town: Town, other: Machine) -> None:
    from baodao.people.services import keys
    from tests.test_canary import tables_with

    with at("11-23 09:00"):
        secret = register(town, other.url)
        assert secret not in words(town.desk("head").get("/desk/partners/"))
        assert tables_with([secret])[secret] == set()
        keys.rotate("seal")
        assert keys.retire("seal")
        to_office(town)
        deliver()
    headers, body = other.got[0]
    mine = hmac.new(secret.encode(), f"{headers['Baodao-Timestamp']}.".encode() + body, hashlib.sha256)
    assert headers["Baodao-Signature"] == f"v1={mine.hexdigest()}"


def test_statements_of_a_delivery_and_of_the_page_are_few(town: Town, other: Machine) -> None:
    from django.db import connection
    from django.utils import timezone

    from baodao.api.sync import readers, sender
    from baodao.ledger.selectors import newer_than

    with at("11-23 09:00"):
        register(town, other.url)
        to_office(town)
        fact = newer_than(0, ["matter.handed_over"])[0]
        with CaptureQueriesContext(connection) as noting:
            readers.handle(fact)
        real = [
            q["sql"] for q in noting if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
        ]
        assert len(real) == 3, real
        with CaptureQueriesContext(connection) as sending:
            assert sender.send_due(timezone.now()) == 1
        assert len(sending) <= 9, [q["sql"] for q in sending]
        desk = town.desk("head")
        desk.get("/desk/partners/")
        with CaptureQueriesContext(connection) as page:
            desk.get("/desk/partners/")
        assert len(page) <= 6, [q["sql"] for q in page]


def test_https_goes_to_the_judged_address_and_believes_only_known_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ssl
    import threading

    from baodao.api.sync import outgoing

    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    named = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*made, *named], check=True, capture_output=True)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(cert, key)
    server = HTTPServer(("127.0.0.1", 0), _Empty)
    server.socket = served.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = f"https://localhost:{server.server_port}/x"
    try:
        with pytest.raises(outgoing.Failed, match="unreachable"):
            outgoing.post(url, b"{}", {})
        known = ssl.create_default_context(cafile=str(cert))
        monkeypatch.setattr(ssl, "create_default_context", lambda: known)
        outgoing.post(url, b"{}", {})
        with pytest.raises(outgoing.Failed, match="unreachable"):
            outgoing.post(url.replace("localhost", "127.0.0.1"), b"{}", {})
    finally:
        server.shutdown()
        server.server_close()


class _Empty(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        return


def test_a_killed_sender_sends_again_under_the_same_id(
    town: Town, other: Machine, committed_db: Any, settings: Any
) -> None:
    from datetime import UTC, datetime, timedelta

    from baodao.api.models import Delivery

    register(town, other.url)
    to_office(town)
    other.delay = 3.0
    running = Running(committed_db.url(committed_db.current), settings.DATA)
    try:
        running.spawn("work", "work", BAODAO_PRIVATE_PARTNERS="true")
        _until(lambda: bool(other.got))
        running.kill("work")
        assert Delivery.objects.get().state == "waiting"
        other.delay = 0.0
        # Another worker, after the lease of the dead one.
        later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        # The new process reads the true time, whatever this run's clock says.
        hatch = time_machine.escape_hatch
        began = hatch.time.time() if hatch.is_travelling() else time.time()
        moved = {"BAODAO_TEST_NOW": later, "BAODAO_TEST_BEGAN": str(began)}
        running.spawn("again", "work", BAODAO_PRIVATE_PARTNERS="true", **moved)
        _until(lambda: Delivery.objects.get().state == "sent")
        assert TEXT not in running.log("again")
    finally:
        running.stop()
    assert len(other.got) == 2
    assert len({told["delivery"] for told in other.told}) == 1


def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_receiver_of_the_documents_works(town: Town, tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "sync.md").read_text()
    code = re.findall(r"```python\n(.*?)```", text, re.S)[0]
    assert code.count("\n") <= 36
    script, port = tmp_path / "receiver.py", free_port()
    script.write_text(code)
    secret = register(town, f"http://127.0.0.1:{port}/")
    number = to_office(town)
    # It refuses old signatures by its own clock, which must be the run's.
    run = subprocess.Popen(
        [sys.executable, str(script), str(port), secret],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CLOCK)},
    )
    try:
        assert run.stdout is not None
        _until_open(port)
        deliver()
        from baodao.api.models import Delivery
        from baodao.api.sync import outgoing

        assert Delivery.objects.get().state == "sent"
        assert run.stdout.readline().split()[:2] == ["handed_over", number]
        with pytest.raises(outgoing.Failed, match="status_401"):
            outgoing.post(
                f"http://127.0.0.1:{port}/", b"{}", {"Baodao-Timestamp": "1", "Baodao-Signature": "v1=0"}
            )
    finally:
        run.kill()
        run.wait()


def _until_open(port: int) -> None:
    import socket

    for _try in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the receiver did not start")
