"""Bringing a district in, through the doors that people take: the desk's pages and the command line."""

import io
import re
from collections.abc import Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.errors import Invalid
from baodao.kernel.tables import read_table, write_xlsx
from tests.support.databases import pointed_at
from tests.support.town import STREET, A, Town, forget, town, words

__all__ = ["town"]

ORG_HEAD = ("组织代码", "名称", "层级", "类别", "上级", "成立日", "配置包")
PEOPLE_HEAD = ("人员编号", "姓名", "身份", "登记单位", "手机号", "身份证号", "住址")
POST_HEAD = ("岗位编号", "单位", "岗位", "人员编号", "任职日", "离任日", "职务名称")
DAY = date(2024, 1, 1)
IDNO = "11010519491231002X"


def book(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A filled sheet."""
    out = io.BytesIO()
    write_xlsx(out, title, header, rows)
    return out.getvalue()


def orgs(*rows: Sequence[Any]) -> bytes:
    return book("组织", ORG_HEAD, rows)


def people(*rows: Sequence[Any]) -> bytes:
    return book("人员", PEOPLE_HEAD, rows)


def posts(*rows: Sequence[Any]) -> bytes:
    return book("岗位", POST_HEAD, rows)


#: A third community with two grids of staff: children before parents, as a sheet may have them.
THIRD = f"{STREET}003"
NEW_ORGS = orgs(
    [f"{THIRD}-g1", "丙第一网格", "网格", "网格", THIRD, DAY],
    [THIRD, "丙社区", "社区、村", "社区", "画街道", DAY],
    ["fl-dw", "画区委", "区委", "党委", None, DAY],
)
NEW_PEOPLE = people(
    ["RS-1", "张三", "工作人员", THIRD, "13900000001", None, None],
    ["RS-2", "李四", "居民", "丙社区", "13900000002", IDNO, "丙社区一号"],
)
NEW_POSTS = posts(["sj-3", "丙社区", "社区（村）书记", "RS-1", DAY, None, None])


def send(town: Town, who: str, name: str, content: bytes, **typed: str) -> str:
    """Upload, press the button as the page stands there, let the worker run; gives the address of the result."""
    desk = town.desk(who)
    there = desk.post(
        f"/desk/bring/{name}/", {"command": "up", "file": SimpleUploadedFile("a.xlsx", content)}
    )
    assert there.status_code == 303, words(there)
    page = desk.get(there["Location"]).content.decode()
    chosen = {}
    for field, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', page, re.S):
        picked = re.search(r"<option selected>(.*?)</option>", options)
        chosen[field] = picked[1] if picked else ""
    command = re.search(r'name="command" value="([^"]+)"', page)
    assert command, words(page)
    made = desk.post(there["Location"], {**chosen, "command": command[1], "do": "load", **typed})
    assert made.status_code == 303, words(made)
    town.work()
    return str(made["Location"])


def told(town: Town, who: str, address: str) -> str:
    """The page as it reads."""
    answer = town.desk(who).get(address)
    assert answer.status_code == 200, answer.status_code
    return words(answer)


def root(town: Town, tmp_path: Path) -> None:
    """What only the server's own administrator brings: the second tree's root."""
    path = tmp_path / "root.xlsx"
    path.write_bytes(orgs(["fl-dw", "画区委", "区委", "党委", None, DAY]))
    call_command("import", "orgs", str(path), stdout=StringIO())


def brought(town: Town, tmp_path: Path) -> None:
    """Organizations, people, posts of the third community, each by its page."""
    root(town, tmp_path)
    for name, content in (("orgs", NEW_ORGS), ("people", NEW_PEOPLE), ("posts", NEW_POSTS)):
        result = told(town, "administrator", send(town, "administrator", name, content))
        assert "有错 0" in result, result


def test_three_sheets_bring_a_community_in_and_go_back(town: Town, tmp_path: Path) -> None:
    """In the order of the steps; again adds nothing; taken back in the other order, not in the wrong one."""
    desk = town.desk("administrator")
    page = words(desk.get("/desk/bring/"))
    assert "组织" in page and "人员" in page and "岗位" in page
    root(town, tmp_path)
    sent = {}
    for name, content, added in (("orgs", NEW_ORGS, 2), ("people", NEW_PEOPLE, 2), ("posts", NEW_POSTS, 1)):
        sent[name] = send(town, "administrator", name, content)
        assert f"新增 {added} " in told(town, "administrator", sent[name])
        again = told(town, "administrator", send(town, "administrator", name, content))
        assert "有错 0" in again and "新增 0" in again
    assert "丙社区" in words(desk.get(f"/desk/orgs/{THIRD}/"))
    assert "社区（村）书记" in words(desk.get(f"/desk/orgs/{THIRD}/"))
    # The holder signs in with the phone of the sheet.
    assert town.phone_by("13900000001").browser.get("/sign-in/factor/").status_code == 200

    def back(name: str) -> str:
        answer = desk.post(sent[name], {"command": f"back-{name}-{len(done)}", "do": "takeback", "sure": "1"})
        assert answer.status_code == 303, words(answer)
        town.work()
        done.append(name)
        return told(town, "administrator", sent[name])

    done: list[str] = []
    assert "没有撤回" in back("orgs")
    assert "已经撤回" in back("posts")
    assert "社区（村）书记" not in words(desk.get(f"/desk/orgs/{THIRD}/"))
    # She signed in: whoever uses the house is not thrown out of it by a batch.
    assert "有人登录过" in back("people")


def test_what_nobody_used_goes_back_whole(town: Town, tmp_path: Path) -> None:
    """Posts, people, organizations, in this order; nothing of them is left but voided facts. Then the same file again."""
    from baodao.ledger.caches import dump

    root(town, tmp_path)
    before = list(dump(with_caches=True))
    desk = town.desk("administrator")
    before = [line for line in dump(with_caches=True) if "securitylog" not in line]
    sent = {name: send(town, "administrator", name, content) for name, content in _SHEETS}
    for name in ("posts", "people", "orgs"):
        desk.post(sent[name], {"command": f"b-{name}", "do": "takeback", "sure": "1"})
        town.work()
        assert "已经撤回" in told(town, "administrator", sent[name])
    after = [line for line in dump(with_caches=True) if "securitylog" not in line]
    tombstones = [line for line in after if "people_token" in line and '"person_id": null' in line]
    assert len(tombstones) == 2
    assert [line for line in after if line not in tombstones] == before
    assert "新增 2 " in told(town, "administrator", send(town, "administrator", "orgs", NEW_ORGS))
    out = StringIO()
    call_command("doctor", stdout=out)
    assert "does not follow" not in out.getvalue() and "missing" not in out.getvalue()


_SHEETS = (("orgs", NEW_ORGS), ("people", NEW_PEOPLE), ("posts", NEW_POSTS))


def test_faults_are_told_with_row_field_reason_and_remedy(town: Town) -> None:
    """Nothing is loaded; the error file has the reason in its last columns; asked for, the good rows alone."""
    content = people(
        ["RS-1", "张三", "工作人员", A, "139", None, None],
        ["RS-2", None, "干部", "没有的单位", None, "110105194912310021", None],
        ["RS-3", "王五", "居民", "远街道", "13900000003", None, None],
        ["RS-3", "赵六", "居民", "甲社区", None, None, None],
        [None, "孙七", "居民", "甲社区", None, None, None],
    )
    result = send(town, "administrator", "people", content)
    text = told(town, "administrator", result)
    assert "什么也没有导入" in text
    for expected in (
        "不是有效的电话号码",
        "不在可选的范围里",
        "不能空着",
        "编号在表里写了两次",
        "没有人员编号",
    ):
        assert expected in text, text
    errors = town.desk("administrator").get(f"{result}errors.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(errors.streaming_content))).active
    assert [cell.value for cell in sheet[1]][-3:] == ["原行号", "错在哪里", "怎么改"]
    assert "手机号：不是有效的电话号码" in str(sheet[2][8].value)
    partly = told(town, "administrator", send(town, "administrator", "people", content, good="1"))
    assert "新增 1 " in partly and "有错 4" in partly


def test_trees_are_ruled_as_on_the_page(town: Town) -> None:
    """Level under level, the other tree, a circle, an unknown parent, a known one that differs."""
    content = orgs(
        ["x-1", "一", "街道、镇、乡", "街道", A, DAY],
        ["x-2", "二", "党小组", "党小组", A, DAY],
        ["x-3", "三", "网格", "网格", "x-4", DAY],
        ["x-4", "四", "网格", "网格", "x-3", DAY],
        ["x-5", "五", "网格", "网格", "nowhere", DAY],
        [A, "改名社区", "社区、村", "社区", STREET, DAY],
        ["x-6", "六", "区县", "区", None, DAY],
        ["x-7", "七", "区委", "党委", None, DAY],
    )
    text = told(town, "administrator", send(town, "administrator", "orgs", content))
    for expected in (
        "不能放在",
        "上级在另一棵组织树里",
        "绕了一圈",
        "没有这个单位",
        "现在是“甲社区”",
        "由系统管理员",
    ):
        assert expected in text, (expected, text)
    assert "新增 0" in text


@pytest.mark.parametrize(
    ("who", "org", "may"),
    [("administrator", A, True), ("clerk", STREET, True), ("clerk", A, False), ("secretary", A, False),
     ("sibling", A, False), ("superior", A, False), ("outsider", A, False)],
)  # fmt: skip
def test_who_may_put_people_on_a_roster(town: Town, who: str, org: str, may: bool) -> None:
    """The administrator for all below, a clerk for the own office, nobody else."""
    desk = town.desk(who)
    content = people(["RS-9", "某人", "居民", org, None, None, None])
    opened = desk.get("/desk/bring/people/")
    if who not in {"administrator", "clerk"}:
        assert opened.status_code == 403
        sent = desk.post("/desk/bring/people/", {"file": SimpleUploadedFile("a.xlsx", content)})
        assert sent.status_code == 403
        return
    text = told(town, who, send(town, who, "people", content))
    assert ("新增 1 " in text) is may
    assert ("不归您登记" in text) is not may


def test_a_likely_same_person_is_shown_decided_and_undone(town: Town, tmp_path: Path) -> None:
    """Same phone, or same name and birthday: on a list; names only for a purpose, in the log of the person; nothing merges
    by itself; the posts of the led record are those of the one who leads; undone, they are not."""
    brought(town, tmp_path)
    more = people(
        ["RS-3", "张三", "居民", "甲社区", "13900000001", None, None],
        ["RS-4", "李四", "居民", "甲社区", None, IDNO, None],
        ["RS-5", "王五", "居民", "甲社区", "13900000005", None, None],
    )
    assert "有错 0" in told(town, "administrator", send(town, "administrator", "people", more))
    desk = town.desk("administrator")
    page = words(desk.get("/desk/likeness/"))
    assert "电话相同" in page and "身份证号相同" in page and "同名、同一天生日" in page
    assert "张三" not in page and "1390" not in page
    refused = desk.post("/desk/likeness/", {"do": "open", "purpose": ""})
    assert refused.status_code == 403 and "张三" not in words(refused)
    opened = words(desk.post("/desk/likeness/", {"do": "open", "purpose": "roster"}))
    assert opened.count("张三") == 2 and "139****0001" in opened and "13900000001" not in opened
    for who in ("secretary", "clerk", "superior", "outsider", "auditor"):
        assert town.desk(who).get("/desk/likeness/").status_code == 403

    # RS-3 signs in by nothing of her own; the post is RS-1's. Whoever leads has it.
    from baodao.people.models import Likeness
    from baodao.people.selectors import persons_by_code

    uids = persons_by_code(["RS-1", "RS-3"])
    pair = Likeness.objects.get(one_id=min(uids.values()), other_id=max(uids.values()))
    done = desk.post(
        "/desk/likeness/", {"command": "m-1", "do": "same", "pair": pair.id, "lead": uids["RS-1"]}
    )
    assert done.status_code == 303
    assert "为主" in words(desk.get("/desk/likeness/?state=same"))
    twice = desk.post(
        "/desk/likeness/", {"command": "m-2", "do": "same", "pair": pair.id, "lead": uids["RS-1"]}
    )
    assert twice.status_code == 409 and "已经定过" in words(twice)
    # Appointed by either number, it is the leading record's post.
    sent = send(town, "administrator", "posts", posts(["wg-3", A, "网格员", "RS-3", DAY, None, None]))
    assert "新增 1 " in told(town, "administrator", sent)
    from baodao.orgs.models import Post

    assert Post.objects.get(code="wg-3").person == uids["RS-1"]
    undone = desk.post("/desk/likeness/", {"command": "m-3", "do": "undo", "pair": pair.id})
    assert undone.status_code == 303
    assert "电话相同" in words(desk.get("/desk/likeness/"))
    apart = desk.post("/desk/likeness/", {"command": "m-4", "do": "different", "pair": pair.id})
    assert apart.status_code == 303 and apart["Location"].endswith("state=different")
    out = StringIO()
    call_command("doctor", stdout=out)


def test_who_leads_acts_in_the_posts_of_the_led_record(town: Town, tmp_path: Path) -> None:
    """A merge gives what the other held, so it asks the right to appoint; it never takes somebody's account."""
    brought(town, tmp_path)
    more = people(["RS-3", "张三", "居民", "甲社区", "13900000001", None, None])
    send(town, "administrator", "people", more)
    from baodao.orgs.selectors import standing
    from baodao.people.models import Likeness
    from baodao.people.selectors import persons_by_code

    uids = persons_by_code(["RS-1", "RS-3"])
    pair = Likeness.objects.get()
    desk = town.desk("administrator")
    assert standing(uids["RS-3"]).posts == ()
    form = {"do": "same", "pair": pair.id, "lead": uids["RS-3"]}
    assert desk.post("/desk/likeness/", {"command": "m-1", **form}).status_code == 303
    assert [post.code for post in standing(uids["RS-3"]).posts] == ["sj-3"]
    assert desk.post("/desk/likeness/", {"command": "m-2", "do": "undo", "pair": pair.id}).status_code == 303
    assert standing(uids["RS-3"]).posts == ()
    town.phone_by("13900000001")
    refused = desk.post("/desk/likeness/", {"command": "m-3", **form})
    assert refused.status_code == 409 and "登录过" in words(refused)


def export(town: Town, who: str, **typed: Any) -> Any:
    """Ask for the workbook, let the worker write it; gives the answer that has it."""
    desk = town.desk(who)
    data = {"command": f"export-{who}", "names": ["orgs", "people", "posts"], "purpose": "roster", **typed}
    asked = desk.post("/desk/bring/", data)
    if asked.status_code != 303:
        return asked
    town.work()
    assert desk.get(asked["Location"]).status_code == 200
    return desk.get(f"{asked['Location']}file.xlsx")


def test_what_was_exported_comes_back_equal(town: Town, tmp_path: Path, committed_db: Any) -> None:
    """Into an empty database: the dump is equal for all that the templates carry. The desk's workbook has the same rows
    as the command line's, but for the tree that an administrator of the other one does not reach."""
    brought(town, tmp_path)
    path, seen = tmp_path / "all.xlsx", tmp_path / "seen.xlsx"
    call_command("export", "--out", str(path), "--purpose", "roster", stdout=StringIO())
    answer = export(town, "administrator")
    assert answer.status_code == 200, words(answer)
    seen.write_bytes(b"".join(answer.streaming_content))
    everything, reached = (openpyxl.load_workbook(file) for file in (path, seen))
    for sheet in ("组织", "人员", "岗位"):
        missing = set(everything[sheet].values) - set(reached[sheet].values)
        assert {row[0] for row in missing} <= {"fl-dw"}, sheet
    before = carried()
    assert any("丙社区" in line for line in before) and any("sj-3" in line for line in before)
    # The holder reads that her record was exported, and why.
    from baodao.people.models import AccessLog

    logged = AccessLog.objects.filter(whom=town.uids["secretary"], purpose="roster")
    assert set(logged.values_list("subject", flat=True)) == {f"org:{A}"}
    assert logged.filter(reader=town.uids["administrator"]).exists()

    other = committed_db.fresh()
    with pointed_at(committed_db, other):
        forget()
        assert carried() == []
        for name in ("orgs", "people", "posts"):
            call_command("import", name, str(path), stdout=StringIO())
        after = carried()
    forget()
    committed_db.drop(other)
    assert after == before


def carried() -> list[str]:
    """The dump's lines of what the templates carry: without when and how a row came, without residents who registered
    themselves."""
    import json

    from baodao.ledger.caches import dump

    wanted = {
        "orgs_org",
        "orgs_orgparent",
        "orgs_packbinding",
        "orgs_post",
        "people_person",
        "people_identity",
    }
    lines = [json.loads(line) for line in dump()]
    staff = {line["uid"] for line in lines if line["table"] == "people_person" and line["office"]}
    staff |= {line["person"] for line in lines if line["table"] == "orgs_post"}
    found = []
    for line in lines:
        if line["table"] not in wanted or line.get("person_id", line.get("uid", "")) not in {*staff, ""}:
            continue
        # Contacts that somebody has shown to be theirs are invited again: the other house has not asked yet.
        for name in ("created", "origin", "office", "led_by_id", "standing"):
            line.pop(name, None)
        found.append(json.dumps(line, ensure_ascii=False, sort_keys=True))
    return sorted(found)


def test_nobody_exports_more_than_is_in_reach(town: Town, tmp_path: Path) -> None:
    """Only who has the right; purpose asked; another's file is not there."""
    brought(town, tmp_path)
    for who in ("secretary", "sibling", "superior", "outsider", "clerk", "auditor"):
        assert export(town, who, names=["people", "posts"]).status_code in {403, 422}
    no_purpose = export(town, "administrator", purpose="curious")
    assert no_purpose.status_code == 422 and "用途" in words(no_purpose)
    desk = town.desk("administrator")
    asked = desk.post("/desk/bring/", {"command": "e-1", "names": ["orgs"], "purpose": "roster"})
    town.work()
    assert town.desk("clerk").get(asked["Location"]).status_code == 404
    assert town.desk("clerk").get(f"{asked['Location']}file.xlsx").status_code == 404


def test_pages_ask_the_same_number_of_statements_for_few_and_many(town: Town, tmp_path: Path) -> None:
    """The steps, and the pairs by pages of twenty with a key."""
    brought(town, tmp_path)
    desk = town.desk("administrator")

    def asked(path: str) -> int:
        desk.get(path)
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    # Five of one name on one roster are ten pairs.
    more = [[f"T-{n}", f"同名{n // 5}", "居民", "甲社区", None, None, None] for n in range(5)]
    assert "有错 0" in told(town, "administrator", send(town, "administrator", "people", people(*more)))
    few = asked("/desk/bring/"), asked("/desk/likeness/")
    more = [[f"U-{n}", f"重名{n // 5}", "居民", "甲社区", None, None, None] for n in range(25)]
    send(town, "administrator", "people", people(*more))
    page = desk.get("/desk/likeness/").content.decode()
    following = re.search(r"after=(\d+)", page)
    assert page.count('name="pair"') == 20 and following
    assert desk.get(f"/desk/likeness/?after={following[1]}").content.decode().count('name="pair"') == 20
    assert (asked("/desk/bring/"), asked("/desk/likeness/")) == few
    assert few[1] <= 5


def test_the_command_line_says_what_is_wrong(town: Town, tmp_path: Path) -> None:
    """A dry run writes nothing; faults stop it and lie in a file beside."""
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(orgs([THIRD, "丙社区", "community", "community", STREET, DAY]))
    bad.write_bytes(orgs([THIRD, "丙社区", "community", "community", "没有", DAY]))
    out = StringIO()
    call_command("import", "orgs", str(good), dry_run=True, stdout=out)
    assert "会新增 1 行" in out.getvalue()
    err = StringIO()
    with pytest.raises(Invalid) as caught:
        call_command("import", "orgs", str(bad), stdout=StringIO(), stderr=err)
    assert "第 2 行 上级" in caught.value.faults[0].field and "bad-errors.xlsx" in err.getvalue()
    with read_table(tmp_path / "bad-errors.xlsx") as errors:
        assert errors.header[-1] == "怎么改"
    out = StringIO()
    call_command("import", "orgs", str(good), stdout=out)
    batch = re.search(r"takeback (\S+)）", out.getvalue())
    assert batch and "新增 1 行" in out.getvalue()
    call_command("takeback", batch[1], stdout=StringIO())
    from baodao.orgs.models import Org

    assert not Org.objects.filter(code=THIRD).exists()
    empty = tmp_path / "empty.xlsx"
    call_command("export", "orgs", "--empty", "--out", str(empty), stdout=StringIO())
    assert openpyxl.load_workbook(empty).sheetnames[0] == "组织"


def test_an_import_cannot_make_a_formula_or_hang(town: Town) -> None:
    """Names that look like formulas stay texts; ten thousand unknown parents are told within seconds."""
    rows = [[f"y-{n}", "=1+1", "网格", "网格", f"没有{n}", DAY] for n in range(3000)]
    text = told(town, "administrator", send(town, "administrator", "orgs", orgs(*rows)))
    assert "有错 3000" in text and "没有这个单位" in text
