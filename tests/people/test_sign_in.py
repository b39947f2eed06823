"""The way in and out, through the pages."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client

from baodao.people import door, selectors
from baodao.people.models import Account, OneTimeCode, SecurityLog, SignIn
from baodao.people.portal.forms import demo_path
from tests.people.cast import PHONE, enrol, person_at, standing

pytestmark = pytest.mark.django_db

PASSWORD = "三只 蓝色 水壶 2026"


def question_of(answer: Any) -> str:
    found = re.search(r'name="question" value="(\w+)"', answer.content.decode())
    assert found, answer.content.decode()
    return found[1]


def ask(browser: Client, contact: str = PHONE) -> str:
    return question_of(browser.post("/sign-in/", {"identifier": contact, "how": "code"}))


def answer(browser: Client, question: str, code: str, contact: str = PHONE, to: str = "") -> Any:
    return browser.post(
        "/sign-in/code/", {"identifier": contact, "question": question, "code": code, "next": to}
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def later(minutes: float) -> Any:
    return time_machine.travel(door.clock() + timedelta(minutes=minutes), tick=True)


def test_a_code_makes_an_account_once_and_opens_it_again(sign_in) -> None:
    first = sign_in()
    with later(3):
        second = sign_in("+86 138 1234 5678")
    assert person_at(first) == person_at(second)
    assert Account.objects.count() == 1


def test_after_signing_in_one_is_where_one_wanted_to_be(sent) -> None:
    browser = Client()
    refused = browser.get("/me/looked/")
    assert refused.status_code == 302
    assert refused["Location"] == "/sign-in/?next=/me/looked/"
    entered = answer(browser, ask(browser), sent.code(), to="/me/looked/")
    assert browser.get(entered["Location"])["Location"] == "/me/looked/"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_to_another_site(to: str, sent) -> None:
    browser = Client()
    entered = answer(browser, ask(browser), sent.code(), to=to)
    assert entered["Location"] == "/sign-in/"
    assert "evil" not in browser.get("/sign-in/", {"next": to})["Location"]


def test_wrong_digits_are_refused_and_after_five_even_the_right_ones(sent) -> None:
    browser = Client()
    question, code = ask(browser), sent.code()
    for _n in range(5):
        refused = answer(browser, question, wrong(code))
        assert refused.status_code == 422
        assert "验证码不对" in refused.content.decode()
    last = answer(browser, question, code)
    assert last.status_code == 422
    assert "失效" in last.content.decode()
    assert door.COOKIE not in browser.cookies
    assert not Account.objects.exists()


def test_a_code_is_good_for_ten_minutes_once_and_only_the_newest(sent) -> None:
    browser = Client()
    old_question, old_code = ask(browser), sent.code()
    with later(2):
        question, code = ask(browser), sent.code()
        assert answer(browser, old_question, old_code).status_code == 422
        assert answer(browser, question, code).status_code == 303
        assert answer(Client(), question, code).status_code == 422
    with later(4):
        question, code = ask(browser := Client()), sent.code()
    with later(15):
        assert answer(browser, question, code).status_code == 422


def test_a_code_for_one_contact_opens_no_other(sent) -> None:
    browser = Client()
    question = ask(browser)
    assert answer(browser, question, sent.code(), contact="13900000000").status_code == 422


def test_codes_are_not_kept_readable(sent) -> None:
    ask(Client())
    row = OneTimeCode.objects.get()
    assert sent.code() not in str([row.id, bytes(row.target).hex(), bytes(row.digest).hex()])


def test_one_contact_gets_few_codes(sent) -> None:
    browser = Client()
    statuses = []
    start = door.clock()
    for n in range(8):
        with time_machine.travel(start.replace(minute=0, second=5) + timedelta(minutes=2 * n), tick=False):
            statuses.append(browser.post("/sign-in/", {"identifier": PHONE, "how": "code"}).status_code)
    assert statuses == [200] * 5 + [429] * 3
    assert len(sent) == 5


def test_too_many_says_when_to_come_back(sent) -> None:
    browser = Client()
    with time_machine.travel(door.clock().replace(second=10), tick=False):
        ask(browser)
        refused = browser.post("/sign-in/", {"identifier": PHONE, "how": "code"})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 50
    assert "分钟再试" in refused.content.decode()


def test_one_address_cannot_try_many_contacts(sent) -> None:
    browser = Client()
    with time_machine.travel(door.clock().replace(minute=3), tick=False):
        statuses = [
            browser.post("/sign-in/", {"identifier": f"1390000{n:04d}", "how": "code"}).status_code
            for n in range(42)
        ]
        elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(
            "/sign-in/", {"identifier": "13700000000", "how": "code"}
        )
    assert statuses == [200] * 40 + [429] * 2
    assert elsewhere.status_code == 200


def with_password(sign_in, contact: str = PHONE) -> Client:
    browser = sign_in(contact)
    done = browser.post("/me/sign-ins/", {"how": "password", "new": PASSWORD})
    assert "密码已设好" in done.content.decode()
    return browser


def by_password(password: str, contact: str = PHONE) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post(
        "/sign-in/", {"identifier": contact, "password": password, "how": "password"}
    )


def test_a_password_opens_and_a_wrong_one_does_not(sign_in) -> None:
    person = person_at(with_password(sign_in))
    browser, answered = by_password(PASSWORD)
    assert answered.status_code == 303
    assert person_at(browser) == person
    assert by_password("nearly right")[1].status_code == 422
    assert Account.objects.get().password.startswith("argon2")


def test_unknown_and_known_contacts_get_the_same_answer(sign_in, sent) -> None:
    with_password(sign_in)
    sign_in("13700000000")  # an account without password
    bodies = []
    for contact in (PHONE, "13700000000", "13900000009"):
        answered = by_password("nearly right 123", contact)[1]
        bodies.append((answered.status_code, answered.content.decode().replace(contact, "")))
    assert bodies[0][0] == 422
    assert without_tokens(bodies[0][1]) == without_tokens(bodies[1][1]) == without_tokens(bodies[2][1])
    with later(3):
        known, unknown = Client(), Client()
        pages = [
            b.post("/sign-in/", {"identifier": c, "how": "code"})
            .content.decode()
            .replace(c, "")
            .replace(c[:3], "")
            .replace(c[-4:], "")
            for b, c in ((known, PHONE), (unknown, "13900000008"))
        ]
    assert without_tokens(pages[0]) == without_tokens(pages[1])
    assert len(sent) == 4


def without_tokens(page: str) -> str:
    return re.sub(r'value="[\w]{20,}"', "", page)


def test_guessing_a_password_is_stopped_even_with_the_right_one(sign_in) -> None:
    with_password(sign_in)
    with time_machine.travel(door.clock().replace(minute=31), tick=False):
        statuses = [by_password(f"wrong guess {n}")[1].status_code for n in range(9)]
        assert statuses == [422] * 8 + [429]
        assert by_password(PASSWORD)[1].status_code == 429
    with time_machine.travel(door.clock().replace(minute=50), tick=False):
        assert by_password(PASSWORD)[1].status_code == 303


@pytest.mark.parametrize("new", ["short1", "1234567890123", "password123", "x" * 129])
def test_weak_passwords_are_refused_with_a_remedy(new: str, sign_in) -> None:
    browser = sign_in()
    refused = browser.post("/me/sign-ins/", {"how": "password", "new": new})
    assert refused.status_code == 422
    assert not Account.objects.get().has_usable_password()


def test_a_new_password_ends_the_other_sessions_at_once_and_keeps_this_one(sign_in) -> None:
    with_password(sign_in)
    here, there = by_password(PASSWORD)[0], by_password(PASSWORD)[0]
    assert there.get("/me/").status_code == 200
    refused = here.post("/me/sign-ins/", {"how": "password", "old": "not it at all", "new": PASSWORD + "x"})
    assert refused.status_code == 422
    assert there.get("/me/").status_code == 200
    here.post("/me/sign-ins/", {"how": "password", "old": PASSWORD, "new": PASSWORD + "x"})
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def test_a_forgotten_password_is_set_anew_after_a_fresh_code_only(sign_in) -> None:
    with_password(sign_in)
    new = "忘了 旧的 换 新的"
    with later(3):
        browser = sign_in()
    with later(20):
        assert "原来的密码" in browser.get("/me/sign-ins/").content.decode()
        assert browser.post("/me/sign-ins/", {"how": "password", "new": new}).status_code == 422
    with later(30):
        browser = sign_in()
        assert "原来的密码" not in browser.get("/me/sign-ins/").content.decode()
        assert browser.post("/me/sign-ins/", {"how": "password", "new": new}).status_code == 200
        assert by_password(new)[1].status_code == 303
        assert by_password(PASSWORD)[1].status_code == 422


def test_a_gateway_that_fails_is_told_and_not_quoted(monkeypatch, caplog) -> None:
    def down(channel: str, to: str, text: str) -> None:
        raise OSError(f"cannot deliver to {to}")

    from baodao.people import ports

    monkeypatch.setattr(ports._Held, "sender", down)
    refused = Client().post("/sign-in/", {"identifier": PHONE, "how": "code"})
    assert refused.status_code == 503
    assert "验证码没有发出去" in refused.content.decode()
    assert PHONE not in caplog.text
    assert "OSError" in caplog.text


def test_dead_rows_are_swept(sign_in) -> None:
    from baodao.kernel.beats import run_all_once
    from baodao.people.models import Throttle

    browser = sign_in()
    assert run_all_once(door.clock(), ["people.sweep"]) == {"people.sweep": 0}
    with later(61 * 2):
        assert run_all_once(door.clock(), ["people.sweep"])["people.sweep"] > 0
        assert not OneTimeCode.objects.exists()
        assert not Throttle.objects.exists()
        assert browser.get("/me/").status_code == 200
    with later(60 * 24 * 31):
        run_all_once(door.clock(), ["people.sweep"])
    assert not SignIn.objects.exists()


def test_a_session_ended_from_elsewhere_is_dead_at_once(sign_in) -> None:
    here = sign_in()
    with later(2):
        there = sign_in(PHONE, **{"User-Agent": "Mozilla/5.0 MicroMessenger/8"})
        page = here.get("/me/sign-ins/").content.decode()
        assert "微信" in page
        assert there.get("/me/").status_code == 200
        marks = re.findall(r'name="mark" value="(\w+)"', page)
        assert len(marks) == 1
        here.post("/me/sign-ins/", {"how": "end", "mark": marks[0]})
        assert there.get("/me/").status_code == 302
        assert here.get("/me/").status_code == 200


def test_nobody_ends_the_sessions_of_another(sign_in) -> None:
    mine = sign_in()
    theirs = sign_in("13900000001")
    key = SignIn.objects.get(account__person_id=person_at(theirs)).key
    mine.post("/me/sign-ins/", {"how": "end", "mark": key[:24]})
    mine.post("/me/sign-ins/", {"how": "end", "mark": ""})
    mine.post("/me/sign-ins/", {"how": "end_others"})
    assert theirs.get("/me/").status_code == 200


def test_signing_out_takes_the_cookie_and_the_session(sign_in) -> None:
    browser = sign_in()
    cookie = browser.cookies[door.COOKIE].value
    browser.post("/sign-out/")
    assert not SignIn.objects.exists()
    stolen = Client()
    stolen.cookies[door.COOKIE] = cookie
    assert stolen.get("/me/").status_code == 302


def test_a_session_ends_after_its_days(sign_in) -> None:
    browser = sign_in()
    with later(60 * 24 * 29):
        assert browser.get("/me/").status_code == 200
    with later(60 * 24 * 31):
        assert browser.get("/me/").status_code == 302


def test_of_use_only_the_last_day_is_kept(sign_in) -> None:
    browser = sign_in()
    before = SignIn.objects.values().get()
    browser.get("/me/")
    assert SignIn.objects.values().get() == before
    with later(60 * 24):
        browser.get("/me/")
        browser.get("/me/")
        after = SignIn.objects.values().get()
    assert {name for name in before if before[name] != after[name]} == {"seen"}


def test_the_cookie_is_closed_to_scripts_and_other_sites(sign_in) -> None:
    cookie = sign_in().cookies[door.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not SignIn.objects.filter(key=cookie.value).exists()


@pytest.mark.parametrize("dest", ["image", "empty", "script"])
def test_what_a_page_fetches_beside_itself_gets_no_sign_in_page(dest: str) -> None:
    """It would be drawn into the page, and bring another form token than the form on the screen has."""
    browser = Client()
    page = browser.get("/desk/", headers={"Sec-Fetch-Dest": "document"})
    assert page["Location"].startswith("/sign-in/?next=")
    for address in ("/desk/newer/?of=facts", "/desk/matters/FL-2026-000001/files/1-0/", "/me/"):
        answer = browser.get(address, headers={"Sec-Fetch-Dest": dest})
        assert answer.status_code == 401, address
        assert "Location" not in answer
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
        assert "Sec-Fetch-Dest" in answer["Vary"]


class TestSecondFactor:
    """Who holds a post answers twice."""

    @pytest.fixture
    def staff(self, sign_in, posts) -> tuple[Client, str]:
        uid, _token = enrol("王主任", PHONE)
        posts[uid] = standing("p1", "o1", ("people.access_log", "own"))
        browser = sign_in()
        assert person_at(browser) == uid
        return browser, uid

    def test_before_it_nobody_acts_and_the_desk_is_closed(self, staff, sign_in) -> None:
        browser, _uid = staff
        for address in ("/me/", "/desk/looks/", "/desk/me/"):
            assert browser.get(address).status_code == 302, address
        assert browser.get("/sign-in/")["Location"] == "/sign-in/factor/"

    def test_setting_it_up_shows_recovery_codes_once_and_opens_the_desk(self, staff) -> None:
        browser, uid = staff
        secret = self.secret_of(browser)
        assert self.secret_of(browser) == secret
        assert browser.post("/sign-in/factor/", {"code": "000000"}).status_code == 422
        # What a keyboard for Chinese may give.
        wide = pyotp.TOTP(secret).at(door.clock()).translate({ord("0") + n: 0xFF10 + n for n in range(10)})
        done = browser.post("/sign-in/factor/", {"code": wide})
        codes = re.findall(r"<li><code>(\w{10})</code>", done.content.decode())
        assert len(set(codes)) == 10
        assert browser.get("/desk/looks/").status_code == 200
        assert secret not in browser.get("/me/factor/").content.decode()
        assert [row.kind for row in SecurityLog.objects.filter(person=uid).order_by("id")][-1] == "factor.on"

    @staticmethod
    def secret_of(browser: Client) -> str:
        found = re.search(
            r'<code class="user-select-all">(\w+)</code>', browser.get("/sign-in/factor/").content.decode()
        )
        assert found
        return found[1]

    def enrolled(self, staff) -> tuple[Client, str, list[str]]:
        browser, _uid = staff
        secret = self.secret_of(browser)
        done = browser.post("/sign-in/factor/", {"code": pyotp.TOTP(secret).at(door.clock())})
        return browser, secret, re.findall(r"<li><code>(\w{10})</code>", done.content.decode())

    def test_the_next_sign_in_asks_for_the_digits_and_takes_each_once(self, staff, sign_in) -> None:
        _browser, secret, _codes = self.enrolled(staff)
        with later(3):
            second = sign_in()
            assert second.get("/me/").status_code == 302
            digits = pyotp.TOTP(secret).at(door.clock())
            assert second.post("/sign-in/factor/", {"code": wrong(digits)}).status_code == 422
            assert second.post("/sign-in/factor/", {"code": digits}).status_code == 303
            assert second.get("/me/").status_code == 200

    def test_digits_seen_over_a_shoulder_do_not_work_again(self, staff, sign_in) -> None:
        _browser, secret, _codes = self.enrolled(staff)
        start = door.clock() + timedelta(minutes=3)
        with time_machine.travel(start, tick=False):
            second = sign_in()
            digits = pyotp.TOTP(secret).at(door.clock())
            assert second.post("/sign-in/factor/", {"code": digits}).status_code == 303
            second.post("/sign-out/")
        with time_machine.travel(start + timedelta(seconds=1), tick=False):
            # The thief has the password too: only the second question is left.
            from baodao.people.services.sign_in import open_session

            account = Account.objects.get()
            thief = Client()
            thief.cookies[door.COOKIE] = open_session(
                account.username, "password", "other", door.clock()
            ).cookie
            assert thief.post("/sign-in/factor/", {"code": digits}).status_code == 422
            assert thief.get("/me/").status_code == 302

    def test_a_recovery_code_stands_in_once(self, staff, sign_in) -> None:
        _browser, _secret, codes = self.enrolled(staff)
        with later(3):
            second = sign_in()
            assert second.post("/sign-in/factor/", {"code": codes[0].upper()}).status_code == 303
            assert second.get("/me/").status_code == 200
        with later(6):
            third = sign_in()
            assert third.post("/sign-in/factor/", {"code": codes[0]}).status_code == 422
        assert selectors.recovery_left(Account.objects.get().username) == 9

    def test_guessing_the_digits_is_stopped(self, staff, sign_in) -> None:
        _browser, secret, _codes = self.enrolled(staff)
        with time_machine.travel(door.clock().replace(minute=46) + timedelta(hours=1), tick=False):
            second = sign_in()
            digits = pyotp.TOTP(secret).at(door.clock())
            statuses = [
                second.post("/sign-in/factor/", {"code": wrong(digits)}).status_code for _n in range(9)
            ]
            assert statuses == [422] * 8 + [429]
            assert second.post("/sign-in/factor/", {"code": digits}).status_code == 429

    def test_a_working_day_later_staff_signs_in_again(self, staff) -> None:
        browser, _secret, _codes = self.enrolled(staff)
        with later(60 * 11):
            assert browser.get("/me/").status_code == 200
        with later(60 * 13):
            assert browser.get("/me/").status_code == 302

    def test_whoever_gets_a_post_must_set_it_up_at_once(self, sign_in, posts) -> None:
        browser = sign_in()
        assert browser.get("/me/").status_code == 200
        posts[person_at(browser)] = standing("p1", "o1")
        assert browser.get("/me/").status_code == 302
        assert browser.get("/sign-in/")["Location"] == "/sign-in/factor/"

    def test_a_resident_may_have_it_and_end_it(self, sign_in) -> None:
        browser = sign_in()
        found = re.search(
            r'<code class="user-select-all">(\w+)</code>', browser.get("/me/factor/").content.decode()
        )
        assert found
        browser.post("/me/factor/", {"code": pyotp.TOTP(found[1]).at(door.clock())})
        with later(3):
            second = sign_in()
            assert second.get("/me/").status_code == 302
            second.post("/sign-in/factor/", {"code": pyotp.TOTP(found[1]).at(door.clock())})
            assert second.get("/me/").status_code == 200
        with later(6):
            second.post("/me/factor/", {"code": pyotp.TOTP(found[1]).at(door.clock())})
        with later(9):
            assert sign_in().get("/me/").status_code == 200


class TestDemonstration:
    """One-click sign-in: only there, only for the simulated."""

    def test_a_link_signs_a_simulated_person_in_without_second_factor(self, settings, posts) -> None:
        settings.DEMO = True
        uid, _token = enrol("演示人", origin="simulated")
        posts[uid] = standing("p1", "o1", ("people.access_log", "own"))
        browser = Client()
        entered = browser.get(demo_path(uid, post="p1"))
        assert entered.status_code == 302
        assert entered["Location"] == "/desk/"
        assert browser.get("/desk/looks/").status_code == 200
        again = Client()
        again.get(demo_path(uid, to="/me/"))
        assert person_at(again) == uid
        assert Account.objects.count() == 1

    def test_outside_a_demonstration_the_link_is_nothing(self, settings) -> None:
        settings.DEMO = False
        uid, _token = enrol("演示人", origin="simulated")
        assert Client().get(demo_path(uid)).status_code == 404

    def test_it_never_opens_a_real_person_nor_a_changed_link(self, settings) -> None:
        settings.DEMO = True
        real, _token = enrol("真人")
        assert Client().get(demo_path(real)).status_code == 404
        simulated, _token = enrol("演示人", origin="simulated")
        link = demo_path(simulated)
        assert Client().get(link[:-3] + "x/").status_code == 404
