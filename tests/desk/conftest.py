"""The desk's pages about a district stand on the scene of matters: organizations, posts, a request or a whistle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from tests.matters.conftest import NOW, START, Cast, cast, key, opened, packs

__all__ = ["cast", "opened", "packs", "staff"]

Enter = Callable[[str, str], Client]
_marks = count(1)


@pytest.fixture
def staff(cast: Cast, settings: Any) -> Enter:
    """Appoint somebody and give her browser."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    def enter(kind: str, org: str) -> Client:
        settings.DEMO = True
        mark = f"e{next(_marks)}"
        born = system_act(NOW - timedelta(days=400), key("staff"), "simulated")
        uid = identity.enrol(born, entries=[identity.Entry(ref=mark, name="李强")]).uids[mark]
        post = NewPost(f"{org}-{mark}", org, kind, uid, START)
        begin_posts(system_act(NOW - timedelta(days=399), key("post")), posts=[post])
        at = door.clock()
        opened = sign_in.open_session(demo.demo_account(uid, at), "demo", "test", at)
        browser = Client()
        browser.cookies[door.COOKIE] = opened.cookie
        settings.DEMO = False
        return browser

    return enter
