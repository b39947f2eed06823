"""N04: a resident asks the home for help; a volunteer near by takes it; thanks closes it. What it is nobody reads before; a child is
fetched only by whom the guardian's own list holds, in her time, by her act; 30 days after the end all words are gone.

Waits for other rooms: nothing. That households join is here; special-interest homes stand in N16.
"""

import re
from typing import Any

from tests.support.town import A, at, words

HOME, NEXT = "home-a", "home-b"


def homes(town: Any) -> None:
    """Two homes; the neighbour and the clerk are volunteers of the first, vetted by name."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs
    from tests.support.town import SINCE, local

    create_orgs(
        system_act(local("01-06 09:00"), "homes"),
        orgs=[
            NewOrg(code=code, name=name, level="home", kind="home", since=SINCE, parent=A)
            for code, name in ((HOME, "三号楼小家"), (NEXT, "江边小家"))
        ],
    )
    posts = (("neighbour", HOME), ("handler", HOME), ("head", NEXT))
    begin_posts(
        system_act(local("01-07 09:00"), "helpers"),
        posts=[
            NewPost(code=f"p-{who}-help", org=org, kind="home_helper", person=town.uids[who], since=SINCE)
            for who, org in posts
        ],
    )


def tokens_of_help(number: str) -> set[str]:
    """Every token that the facts of a help carry."""
    from baodao.ledger.models import Fact

    rows = Fact.objects.filter(subject=f"matter:{number}").exclude(person="")
    return set(rows.values_list("person", flat=True))


def owners(tokens: set[str]) -> dict[str, str]:
    """Token → uid of whose it is, "" for nobody."""
    from baodao.people.models import Token

    return {one.token: str(one.person_id or "") for one in Token.objects.filter(token__in=tokens)}


def rows_with(uid: str) -> list[str]:
    """Every row of every table that has this uid, as text."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [
                f"{table} {dict(zip(names, row, strict=True))}"
                for row in cursor.fetchall()
                if uid in map(str, row)
            ]
    return found


def fill(browser: Any, address: str, expect: int = 303, **typed: Any) -> str:
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    command = re.search(r'name="command" value="([^"]+)"', first.content.decode())
    answer = browser.post(address, {"command": (command[1] if command else "c") + "x", **typed})
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]) if expect == 303 else words(answer)


def test_thanks_closes_it_and_nobody_else_reads_what_it_was(town: Any) -> None:
    homes(town)
    with at("11-23 09:00"):
        phone = town.phone("resident")
        fill(phone.browser, "/help/", do="join", home=HOME)
        assert "三号楼小家 甲社区 · 1 户加入" in words(phone.browser.get("/help/"))
        # No field in which a child or an illness could be written.
        body = phone.browser.get("/help/").content.decode()
        assert set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', body)) <= {
            "home", "at", "command", "csrfmiddlewaretoken", "q", "next", "language", "large",
        }  # fmt: skip
        number = fill(phone.browser, "/help/", do="ask", home=HOME, at="2026-11-23T18:00").split("/")[2]
        posted = words(town.desk("neighbour").get(f"/desk/matters/{number}/"))
        assert "需要帮忙" in posted
        # The next home, the community, the street see nothing of it.
        for who in ("head", "secretary", "superior", "administrator"):
            assert town.desk(who).get(f"/desk/matters/{number}/").status_code == 404, who
        # Until somebody takes it every volunteer of the home may open it.
        town.desk("handler").post("/desk/me/post/", {"post": "p-handler-help"})
        assert "需要帮忙" in words(town.desk("handler").get(f"/desk/matters/{number}/"))
        town.do("neighbour", number, "report_in")
        # Each step on her page is called as her procedure calls it.
        read = phone.own(number)
        assert "邻居来帮您" in read and "告诉他要帮什么" in read and "补充" not in read
        phone.do(number, "add", text="帮我去药店取一盒降压药")
        assert "降压药" in words(town.desk("neighbour").get(f"/desk/matters/{number}/"))
        # Another volunteer of the same home no longer opens it, and the to-do list says no more than that help is needed.
        assert town.desk("handler").get(f"/desk/matters/{number}/").status_code == 404
        assert "降压药" not in town.todo("neighbour")
    with at("11-23 19:00"):
        town.do("neighbour", number, "done")
        read = phone.own(number)
        assert "邻居说帮好了，等您说一声" in read and "说声谢谢" in read and "已经答复您" not in read
        phone.do(number, "confirm", answer="thanks")
        assert "已经结束" in words(phone.browser.get("/help/"))
    # 30 days later the worker has taken the words; what stays are codes.
    from tests.test_canary import tables_with

    with at("12-23 08:00"):
        town.work()
        assert tables_with(["降压药"])["降压药"] == {"ledger_content"}
        assert number in str(rows_with(town.uids["resident"]))  # what she was told
        tied = tokens_of_help(number)
        assert len(tied) == 2 and all(owners(tied).values())  # who asked, who came: tokens of this one help
    with at("12-23 20:30"):
        town.work()
        assert not tables_with(["降压药"])["降压药"]
        # Whoever asked and whoever came are nobody now: the tokens lead nowhere, and no other record carries them.
        assert tokens_of_help(number) == tied and not any(owners(tied).values())
        for token in tied:
            assert tables_with([token])[token] <= {"ledger_fact", "matters_matter", "people_token"}, token
        for who in ("resident", "neighbour"):
            uid = town.uids[who]
            assert number not in str(rows_with(uid)), who
        assert town.phone("resident").browser.get(f"/me/{number}/").status_code == 404
        assert number not in town.phone("resident").browser.post("/me/data.json").content.decode()


def test_a_child_is_fetched_by_the_guardians_act_alone(town: Any) -> None:
    homes(town)
    with at("11-23 09:00"):
        phone = town.phone("resident")
        number = fill(phone.browser, "/help/", do="ask", home=HOME).split("/")[2]
        town.do("neighbour", number, "report_in")
        page = town.desk("neighbour").get(f"/desk/matters/{number}/").content.decode()
        # Without the act the button is struck out, and the move is refused.
        assert "do=fetched" not in page
        there = f"/help/{number}/fetch/"
        read = words(phone.browser.get(there))
        assert "不在您的名单上" in read
        span = {"at": "2026-11-23T16:00", "until": "2026-11-23T18:00"}
        assert "不在您的名单上" in fill(phone.browser, there, 409, do="allow", guardian="yes", **span)
        # Only a vetted volunteer can stand on the list.
        assert "这不是小家的志愿者" in fill(phone.browser, there, 422, do="trust", helper="p-secretary")
        fill(phone.browser, there, do="trust", helper="p-neighbour-help")
        assert "要监护人本人同意" in fill(phone.browser, there, 422, do="allow", **span)
        late = {"at": "2026-11-23T16:00", "until": "2026-11-25T18:00"}
        assert "最长 12 小时" in fill(phone.browser, there, 422, do="allow", guardian="yes", **late)
        fill(phone.browser, there, do="allow", guardian="yes", **span)
        assert "监护人同意这位志愿者" in phone.own(number)
        given = words(phone.browser.get(there))
        assert "已经同意 11月23日 周一 16:00 到 11月23日 周一 18:00，只此一次" in given, given
        # Nobody else's page, nobody else's list; and not by the general way either.
        assert town.desk("handler").get(there).status_code == 404
    with at("11-23 16:10"):
        assert "接到了" in town.do("neighbour", number, "fetched")
        town.do("neighbour", number, "done")
        fill(phone.browser, there, do="untrust", helper="p-neighbour-help")
        assert "名单上还没有人" in words(phone.browser.get(there))
        # Whoever cannot after all gives it back; another one can take it.
        second = fill(phone.browser, "/help/", do="ask", home=HOME).split("/")[2]
        town.do("neighbour", second, "report_in")
        town.do("neighbour", second, "give_up")
        # It is the home's again, no longer hers alone: whoever has time takes it.
        town.do("neighbour", second, "report_in")
