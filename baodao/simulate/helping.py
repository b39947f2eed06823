"""Scenes of a neighbours' home: households join, somebody asks for help and is helped, one asks now, a question is answered and becomes
a page."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from baodao.gather.homes.services import join_home
from baodao.matters.services import Draft

from . import words
from .helpers import home_of, skills_of
from .life import Life, Scene, home

Beginning = tuple[datetime, Callable[[datetime], Scene]]


def beginnings(life: Life, begin: datetime, rng: random.Random) -> Iterator[Beginning]:
    """One help that is over, one that waits; one question answered and shown."""
    yield begin + timedelta(days=2, hours=10), lambda at: _joined(life, at)
    yield life.until - timedelta(days=12), lambda at: _helped(life, at, over=True)
    yield life.until - timedelta(hours=9), lambda at: _helped(life, at, over=False)
    yield life.until - timedelta(days=15), lambda at: _asked(life, at)


def _own(life: Life) -> list[str]:
    """Residents who hold no post."""
    held = {uid for uid, _org, _kind in life.cast.posts.values()}
    return [uid for uid, _place in life.cast.residents if uid not in held]


def _joined(life: Life, at: datetime) -> Scene:
    for uid in _own(life)[:4]:
        at = yield home(1)
        life.attempt("home", join_home, life.resident(uid, at), home=home_of(life.cast.callers[0]))


def _helped(life: Life, at: datetime, *, over: bool) -> Scene:
    org, asker = home_of(life.cast.callers[0]), _own(life)[0 if over else 1]
    helper = life.cast.post_at(org, "home_helper")
    number = life.open(life.resident(asker, at), Draft(procedure="help", org=org, fields={}))
    if not number or not over:
        return
    at = yield home(2)
    life.do(life.staff(helper, at), number, "report_in")
    at = yield home(0.5)
    life.do(life.resident(asker, at), number, "add", text="帮我把米扛上六楼（模拟）")
    at = yield home(3)
    life.do(life.staff(helper, at), number, "done")
    at = yield home(1)
    life.do(life.resident(asker, at), number, "confirm", answer="thanks")


def _asked(life: Life, at: datetime) -> Scene:
    org, asker = skills_of(life.cast.callers[0]), _own(life)[2]
    helper, said = life.cast.post_at(org, "skill_helper"), words.vocabulary()["skill"]
    at = yield home(1)
    fields = {"text": said["question"], "photo": [life.picture()]}
    number = life.open(
        life.resident(asker, at), Draft(procedure="skill_question", org=org, kind="farming", fields=fields)
    )
    if not number:
        return
    at = yield home(5)
    life.do(life.staff(helper, at), number, "report_in")
    at = yield home(4)
    life.do(life.staff(helper, at), number, "answer", claim="solved", result=said["answer"])
    at = yield home(6)
    life.do(life.resident(asker, at), number, "confirm", answer="solved")
    life.do(life.resident(asker, at), number, "agree")
    at = yield home(3)
    life.do(life.staff(helper, at), number, "publish", title=said["title"], text=said["answer"])
