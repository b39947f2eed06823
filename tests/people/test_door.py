"""Who stands at the door, and what it costs."""

import pytest
from django.test import Client, RequestFactory

from baodao.people import door
from tests.people.cast import person_at, standing

pytestmark = pytest.mark.django_db


def through(browser: Client, **headers: str):
    """The request as a view sees it after the door."""
    request = RequestFactory().get("/", headers=headers)
    request.COOKIES.update({name: morsel.value for name, morsel in browser.cookies.items()})
    seen = []
    door.Door(lambda r: seen.append(r) or __import__("django.http").http.HttpResponse())(request)
    return seen[0]


def test_without_a_cookie_nothing_is_asked(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        request = through(Client())
        by = door.act_from(request, command="c")
    assert (by.kind, by.person, by.post, by.grants) == ("anonymous", "", "", ())


def test_with_a_cookie_one_statement_and_that_of_the_posts(sign_in, posts, django_assert_num_queries) -> None:
    browser = sign_in()
    with django_assert_num_queries(1):
        request = through(browser)
    assert request.who.person == person_at(browser)


def test_a_false_cookie_is_a_visitor_and_is_taken_away() -> None:
    browser = Client()
    browser.cookies[door.COOKIE] = "x" * 43
    answer = browser.get("/sign-in/")
    assert answer.status_code == 200
    assert answer.cookies[door.COOKIE]["max-age"] == 0


def test_an_act_has_whole_seconds_person_post_and_grants(settings, posts) -> None:
    from baodao.people.portal.forms import demo_path
    from tests.people.cast import enrol

    settings.DEMO = True
    uid, _token = enrol("演示人", origin="simulated")
    posts[uid] = standing("p1", "o1", ("matter.read", "own"))
    browser = Client()
    browser.get(demo_path(uid, post="p1"))
    by = door.act_from(through(browser), command="c-1", purpose="handle")
    assert (by.kind, by.person, by.post, by.command, by.purpose) == ("person", uid, "p1", "c-1", "handle")
    assert by.happened == by.noted
    assert by.noted.microsecond == 0
    assert [g.right for g in by.grants] == ["matter.read"]
    assert by.origin == "live"


def test_before_the_second_factor_the_act_is_anonymous(sign_in, posts) -> None:
    browser = sign_in()
    posts[person_at(browser)] = standing("p1", "o1", ("matter.read", "own"))
    request = through(browser)
    assert request.who.needs == "enrol"
    by = door.act_from(request, command="c")
    assert (by.kind, by.person, by.grants) == ("anonymous", "", ())


def test_the_address_is_believed_from_a_trusted_proxy_only(settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = None
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9"}, REMOTE_ADDR="192.0.2.1")
    assert door.address_of(request) == "192.0.2.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    forged = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"}, REMOTE_ADDR="192.0.2.1"
    )
    assert door.address_of(forged) == "203.0.113.9"


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Mozilla/5.0 MicroMessenger/8.0", "wechat"),
        ("Mozilla/5.0 Chrome/120 Safari/537 Edg/120", "edge"),
        ("curl", "other"),
    ],
)
def test_of_the_browser_only_the_family_is_kept(agent: str, family: str) -> None:
    assert door.browser_of(RequestFactory().get("/", headers={"User-Agent": agent})) == family


def test_pages_speak_english_when_asked(sign_in) -> None:
    assert Client(headers={"Accept-Language": "en-GB,en"}).get("/sign-in/")["Content-Language"] == "en"
