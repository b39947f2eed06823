"""Load and a gateway for the fault runs: clients that never give up, and a counter of what was really sent."""

import http.server
import json
import threading
import time
from collections import Counter
from pathlib import Path

import requests

from tests.matters.conftest import A


class Client(threading.Thread):
    """Sends its intakes one after another; repeats each with the same key until it is acknowledged."""

    def __init__(self, url: str, name: str, count: int) -> None:
        super().__init__(daemon=True)
        self.url, self.mark, self.count = url, name, count
        self.acknowledged: dict[str, str] = {}
        self.again: list[tuple[str, str]] = []
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self) -> None:
        for number in range(self.count):
            self._insist(f"intake-{self.mark}-{number:04}", number)

    def _insist(self, key: str, number: int) -> None:
        phone = f"139{ord(self.mark[0]):04}{number:04}"
        body = {
            "kind": "road",
            "org": A,
            "text": f"{key} 路灯坏了",
            "contact": {"name": "某人", "phone": phone},
        }
        deadline = time.perf_counter() + 120
        while time.perf_counter() < deadline:
            answer = self._post(key, body)
            if answer is not None:
                self.acknowledged[key] = answer
                if number % 5 == 0 and (repeat := self._post(key, body)) is not None:
                    # A client that missed the answer asks once more: it must be the same number.
                    self.again.append((answer, repeat))
                return
            time.sleep(0.05)
        self.wrong.append(f"{key}: never acknowledged")

    def _post(self, key: str, body: object) -> str | None:
        try:
            answer = requests.post(
                f"{self.url}/api/v1/matters/", json=body, headers={"Idempotency-Key": key}, timeout=10
            )
        except requests.RequestException as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        if answer.status_code == 201:
            return str(answer.json()["number"])
        if answer.status_code != 503:
            self.wrong.append(f"{key}: {answer.status_code} {answer.text[:300]}")
        elif "problem+json" not in answer.headers.get("Content-Type", ""):
            self.wrong.append(f"{key}: 503 without a problem")
        return None


class Gateway:
    """Counts letters by their key. It does not promise to deliver a key once: that is the sender's part."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()
        self.bodies: list[str] = []
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gateway.keys[self.headers["Idempotency-Key"]] += 1
                gateway.bodies.append(json.loads(text)["content"])
                # Long enough to be killed in between.
                time.sleep(0.02)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def setting(self, folder: Path) -> Path:
        """The file for BAODAO_GATEWAYS."""
        path = folder / "gateways.toml"
        port = self.server.server_address[1]
        path.write_text(
            f'[sms]\nadapter = "http"\nurl = "http://127.0.0.1:{port}/send"\n'
            'body = \'{"to": {to}, "content": {text}}\'\ntimeout = 5\n'
        )
        path.chmod(0o600)
        return path

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
