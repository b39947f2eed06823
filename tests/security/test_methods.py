"""No method makes a defect: what an address does not do is answered 405, OPTIONS changes nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("method", ["options", "head", "put", "patch", "delete", "trace"])
def test_other_methods_are_answered_without_a_defect(town: Any, method: str) -> None:
    for name in (
        "portal:home",
        "portal:report",
        "desk:home",
        "api:matter.list",
        "api:matter.kinds",
        "api:openapi",
    ):
        answer = getattr(Client(), method)(reverse(name))
        assert answer.status_code < 500, (name, method)
        assert answer.status_code in {200, 204, 302, 401, 405}, (name, method, answer.status_code)


def test_a_sign_that_no_database_takes_is_refused_by_field(town: Any) -> None:
    """Whatever a form or a body is for, and before any view runs."""
    for sent in ({"text": "a\0b"}, {"text": ["good", "\0"]}):
        answer = Client(headers={"accept": "application/json"}).post("/report/", sent)
        assert answer.status_code == 400
        assert answer.json()["faults"][0]["field"] == "text"
    browser = Client()
    told = [
        browser.post(
            "/api/v1/matters/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": "nul-00001"},
        )
        for body in ('{"text": "a\\u0000b"}', '{"text": "a\\\\u0000b"}')
    ]
    assert told[0].status_code == 400 and "NUL" in told[0].content.decode()
    assert "NUL" not in told[1].content.decode(), "a backslash and its letters are a text like others"
