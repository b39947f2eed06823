"""Fixtures of people: messages that were sent, a key file, posts held without orgs, browsers signed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from baodao.people import ports
    from tests.people.cast import Sent


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What left the house."""
    from baodao.people import ports
    from tests.people.cast import Sent

    messages = Sent()
    monkeypatch.setattr(ports._Held, "sender", lambda channel, to, text: messages.append((channel, to, text)))
    return messages


@pytest.fixture
def keys(settings: Any, tmp_path: Any) -> Iterator[None]:
    """A key file of this test's own."""
    from baodao.people import vault

    settings.DATA = tmp_path
    yield
    vault._read.cache_clear()


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> dict[str, ports.Standing]:
    """uid → what that person holds; filled by the test in place of orgs."""
    from baodao.people import ports

    held: dict[str, ports.Standing] = {}
    monkeypatch.setattr(
        ports._Held, "standing", staticmethod(lambda person, post: held.get(person, ports.Standing()))
    )
    monkeypatch.setattr(
        ports._Held,
        "words",
        staticmethod(
            lambda codes: {
                s.post.code: ports.PostWords(s.post.org_name, s.post.title)
                for s in held.values()
                if s.post and s.post.code in codes
            }
        ),
    )
    monkeypatch.setattr(ports._Held, "reach", staticmethod(ports._own_offices))
    return held


@pytest.fixture
def sign_in(sent: Sent) -> Callable[..., Client]:
    """A browser signed in by a code, as anybody does it."""

    from django.test import Client

    def enter(contact: str = "13812345678", **headers: str) -> Client:
        browser = Client(headers=headers or None)
        asked = browser.post("/sign-in/", {"identifier": contact, "how": "code"})
        assert asked.status_code == 200, asked.content.decode()
        question = re.search(r'name="question" value="(\w+)"', asked.content.decode())
        assert question
        answered = browser.post(
            "/sign-in/code/", {"identifier": contact, "question": question[1], "code": sent.code()}
        )
        assert answered.status_code == 303, answered.content.decode()
        return browser

    return enter
