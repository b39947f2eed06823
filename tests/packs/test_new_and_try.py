"""`baodao pack new` and `baodao pack try`, as a clerk calls them: the files pass the check, the walk is the product's own
engine, and nothing is stored."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from baodao.kernel.declare import forget_packs, load_pack
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.jinja import day
from baodao.matters.declare import Procedure

ROOT = Path(__file__).resolve().parents[2]
DISTRICT = {
    "title": "青河区",
    "title_en": "Qinghe District",
    "code": "990201",
    "municipality": "样例市",
    "municipality_en": "Sample City",
    "sign": "QH",
}


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A folder of packs with the shipped base."""
    shutil.copytree(ROOT / "packs" / "base", tmp_path / "packs" / "base")
    settings.PACKS = str(tmp_path / "packs")
    forget_packs()
    yield tmp_path / "packs"
    forget_packs()


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    flags = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", value)]
    call_command("pack", *words, *flags, stdout=out, stderr=out)
    return out.getvalue()


def walk(tmp_path: Path, *words: str, lines: str, fails: bool = False) -> str:
    script = tmp_path / "walk.txt"
    script.write_text(lines, encoding="utf-8")
    out = StringIO()
    told = ["pack", "try", *words, "--script", str(script), "--at", "2026-03-02T09:00"]
    if fails:
        with pytest.raises(SystemExit):
            call_command(*told, stdout=out)
    else:
        call_command(*told, stdout=out)
    return out.getvalue()


def test_a_new_pack_and_a_new_procedure_pass_the_check_and_can_be_walked(home: Path, tmp_path: Path) -> None:
    told = run("new", "qinghe", **DISTRICT)
    assert "baodao pack check" in told
    made = {path.name for path in (home / "qinghe").iterdir()}
    assert made == {"pack.toml", "levels.toml", "request.toml", "words.toml", "divisions.json"}
    run("new", "qinghe", procedure="tool_loan", title="借“工具”", title_en='Tool "loan"', limit="3 workdays")
    read = run("check", "qinghe")
    assert "没有问题" in read
    procedure = load_pack(home / "qinghe").many(Procedure)["tool_loan"]
    assert (procedure.title, procedure.clock("answer_by").limit) == ("借“工具”", "3 workdays")
    # Another procedure stands beside it; none is written over.
    run("new", "qinghe", procedure="other", title="别的", title_en="Other")
    assert "没有问题" in run("check", "qinghe")
    with pytest.raises(Conflict):
        run("new", "qinghe", procedure="other", title="别的", title_en="Other")
    lines = """
        # 谁 做什么 填什么
        community_secretary title="电锤 一把" org=department
        看 handler
        等
        handler answer result=拿来了 photo=1
        community_secretary redo reason=少一个钻头
        handler answer result=补上了
        community_secretary accept
        应在 ended
        看 resident
    """
    read = walk(tmp_path, "qinghe", "tool_loan", lines=lines)
    assert f"“电锤 一把”由甲区级部门办，{day(date(2026, 3, 5))}前答复。" in read
    assert "甲区级部门过了时限，上级知道了。" in read
    assert "QH-2026-000001 · 已结束 (ended)" in read
    assert "居民甲看不到这件事" in read


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "12"}, "code"),
        ({"sign": "qh"}, "sign"),
        ({"title_en": ""}, "name_en"),
        ({"municipality": " "}, "municipality"),
    ],
)
def test_what_is_wrong_with_a_new_pack_is_named(home: Path, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        run("new", "qinghe", **{**DISTRICT, **wrong})
    assert [fault.field for fault in caught.value.faults] == [field]
    assert not (home / "qinghe").exists()


def test_names_that_no_key_can_have_are_refused_and_nothing_is_written_over(home: Path) -> None:
    for name in ("Qing", "青河", "../x", ""):
        with pytest.raises(Invalid):
            run("new", name, **DISTRICT)
    with pytest.raises(Missing):
        run("new", "nowhere", procedure="x", title="x", title_en="x")
    run("new", "qinghe", **DISTRICT)
    with pytest.raises(Conflict):
        run("new", "qinghe", **DISTRICT)


def test_a_refused_line_says_why_and_makes_the_script_fail(tmp_path: Path) -> None:
    lines = """
        handler open title=x
        community_secretary title=修路 kind=major text=x
        community_secretary milestone title=路基 org=nowhere by=2026-04-01
        community_secretary milestone title=路基 org=department by=明天
        community_secretary milestone title=路基 org=department by=2026-04-01
        resident answer result=好了
        community_secretary accept
        等 zwei Tage
        应在 ended
    """
    read = walk(tmp_path, "fuling", "project", lines=lines, fails=True)
    assert "还没有发起；这一步要先办“open”" in read
    assert re.search(r"by: \S+：日期不对", read)
    assert "没有叫 nowhere 的单位" in read
    assert "居民甲没有这个权限" in read
    assert "expect: 现在的阶段是 running，不是 ended" in read
    assert "wait: 看不懂时限" in read


def test_time_passes_clocks_act_and_what_they_open_is_named(tmp_path: Path) -> None:
    lines = """
        community_secretary title=修路 kind=major text=把路修好
        community_secretary milestone title=路基 org=department by=2026-04-01
        等 45 days
        看 department_head
    """
    read = walk(tmp_path, "fuling", "project", lines=lines)
    assert "系统（到时候自己办）：误了日子，立督办件" in read
    assert "另立一件：督办（这里不走）" in read
    assert "误了，已督办" in read


def test_a_seat_sees_what_the_product_would_show_it(tmp_path: Path) -> None:
    """A restricted matter: the mediator who took it sees it, nobody above her does."""
    lines = """
        mediator kind=water title=漏水 parties=2
        看 mediator
        看 department_head
    """
    read = walk(tmp_path, "fuling", "mediation", lines=lines)
    assert "街道 人民调解员看到：" in read
    assert "甲区级部门 街道、部门负责人看不到这件事" in read


def test_numbers_of_the_menu_work_and_english_speaks(tmp_path: Path) -> None:
    script = "1 title=Road kind=major text=mend\n1 title=Bed org=department by=2026-04-01\nsee handler\n"
    path = tmp_path / "walk.txt"
    path.write_text(script, encoding="utf-8")
    out = StringIO()
    call_command(
        "pack",
        "try",
        "fuling",
        "project",
        "--script",
        str(path),
        "--at",
        "2026-03-02T09:00",
        "--lang",
        "en",
        stdout=out,
    )
    read = out.getvalue()
    assert "· Running (running) ·" in read
    assert "Bed" in read


def test_it_runs_as_a_process_without_a_database(tmp_path: Path) -> None:
    """Nothing is stored: there is no database to store it in, and none is made."""
    environment = {**os.environ, "BAODAO_DATA": str(tmp_path / "none"), "BAODAO_DATABASE": ""}
    environment.pop("DATABASE_URL", None)
    told = subprocess.run(
        [sys.executable, "-m", "baodao.cli", "pack", "try", "fuling", "project", "--at", "2026-03-02T09:00"],
        cwd=ROOT,
        env=environment,
        input="community_secretary title=修路 kind=major text=x\n等 2000 days\n应在 ended\nq\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "一直没有收尾，如实记下。" in told.stdout
    assert not (tmp_path / "none").exists() or not list((tmp_path / "none").rglob("*.sqlite*"))


def test_what_has_no_english_is_a_file_to_fill_in(home: Path) -> None:
    run("new", "qinghe", **DISTRICT)
    run("new", "qinghe", procedure="tool_loan", title="借工具", title_en="Tool loan")
    assert run("english", "qinghe").strip() == ""
    (home / "qinghe" / "tool_loan_english.toml").write_text(
        '[english.procedure.tool_loan.action.gone]\ntitle = "Gone"\n', encoding="utf-8"
    )
    told = run("english", "qinghe")
    assert '[english.procedure.tool_loan.action.open]\ntitle = ""  # 发起\n' in told
    assert '"stage.open" = ""  # 在办' in told
    assert "# qinghe/tool_loan_english.toml:2" in told
    # Filled in, it passes.
    filled = "\n".join(line for line in told.splitlines() if not line.startswith("#"))
    slots = re.compile(r'= ""  # (.*)')
    filled = slots.sub(
        lambda found: "= " + repr("x " + " ".join(re.findall(r"\{\w+\}", found[1]))).replace("'", '"'), filled
    )
    (home / "qinghe" / "tool_loan_english.toml").write_text(filled, encoding="utf-8")
    assert "没有问题" in run("check", "qinghe")


@pytest.fixture
def loan(home: Path) -> Path:
    """A procedure of one's own in a new district; gives its file."""
    run("new", "qinghe", **DISTRICT)
    run("new", "qinghe", procedure="tool_loan", title="借工具", title_en="Tool loan", limit="3 workdays")
    return home / "qinghe" / "tool_loan.toml"


def test_see_public_tells_what_was_released_and_nothing_before(tmp_path: Path) -> None:
    lines = """
        community_secretary title=院坝议事亭 text=三个村各一处，老李家旁边先做
        department_head.4 approve until=2026-06-30 note=先做一处
        see public
        department_head.4 show title=议事亭
        community_secretary answer result=第一处建成
        department_head.4 review held=2026-03-02 count=40 liked=36
        see public
        see slip
    """
    before, after = walk(tmp_path, "nanchuan", "studio_project", lines=lines).split("公开的页面上：")
    assert "没有公开，谁都看不到" in before
    public, slip = after.split("凭小条看到：")
    assert "做完了，请评议" in public and "公开评议的结果" in public
    for text in ("老李家", "先做一处", "第一处建成"):
        assert text not in public, public
    assert "做完了：第一处建成" in slip


def test_what_a_matter_was_before_it_changed_is_told_in_its_own_words(tmp_path: Path) -> None:
    """A request that became a whistle: the whistle knows no such step."""
    lines = """
        resident kind=other text=路坏了
        community_secretary report_in
        community_secretary to_whistle org=department reason=要两家
        community_secretary release title=修路
        see public
    """
    public = walk(tmp_path, "fuling", "request", lines=lines).split("公开的页面上：")[1]
    assert "甲社区：收到" in public and "要几家一起办：吹哨" in public and "交给甲区级部门" in public


def test_missing_english_hides_no_other_fault(home: Path, loan: Path) -> None:
    english = loan.with_name("tool_loan_english.toml")
    text = english.read_text("utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title = "))
    english.write_text(text.replace(title, ""), "utf-8")
    with pytest.raises(SystemExit):
        run("check", "qinghe")
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("pack", "check", "qinghe", stdout=told, stderr=told)
    assert "除了英文，没有别的问题" in told.getvalue()
    # What cannot be done when a limit has run out is found by walking all states, English or not.
    body = loan.read_text("utf-8")
    head, late = body.split('name = "be_late"', 1)
    loan.write_text(
        head + 'name = "be_late"' + late.replace('from = "called"', 'from = "answered"', 1), "utf-8"
    )
    forget_packs()
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("pack", "check", "qinghe", stdout=told, stderr=told)
    assert "还有 1 处没有英文" in told.getvalue()
    assert "没有英文或英文里" in told.getvalue() and "除了英文" not in told.getvalue()
    assert "到期时 be_late 办不了" in told.getvalue()


def test_the_check_tells_what_a_promised_day_moves_and_counts_what_is_not_ones_own(
    home: Path, loan: Path
) -> None:
    told = run("check", "qinghe")
    assert "它所依据的包里还有" in told and "base/" not in told
    base = run("check", "base")
    assert "challenge.action[open]：约定的日子（by）就是这些时限的终点：张榜到" in base
    assert re.search(r"示例，待核定（\d+）", base) and "base/" in base


def test_a_fact_by_another_name_is_named_rightly(home: Path) -> None:
    file = home / "base" / "whistle.toml"
    body = file.read_text("utf-8")
    assert 'name = "rule_absent"' in body
    file.write_text(re.sub(r"(?m)^stop = \[", 'stop = ["acted.rule_absent", ', body, count=1), "utf-8")
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("pack", "check", "base", stdout=told, stderr=told)
    assert "是 leg_ruled.rule_absent" in told.getvalue()


def test_a_walk_begins_on_its_own_day_and_knows_its_units(tmp_path: Path) -> None:
    script = tmp_path / "walk.txt"
    script.write_text(
        "at 2026-03-02T09:00\ncommunity_secretary title=修路 kind=major text=x\nat 2026-03-03T09:00\n"
        "看 public\n看 slip\n",
        encoding="utf-8",
    )
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("pack", "try", "fuling", "project", "--script", str(script), stdout=told)
    assert "3月2日" in told.getvalue() and "已经发起了" in told.getvalue()
    assert "没有公开，谁都看不到" in told.getvalue() and "凭小条看到" in told.getvalue()
    with pytest.raises(Missing) as caught:
        call_command("pack", "try", "fuling", "project", "--script", str(tmp_path / "none.txt"))
    assert "读不了" in str(caught.value.faults[0].reason)
    read = walk(
        tmp_path,
        "fuling",
        "whistle",
        lines="community_secretary kind=road title=x calls=department.9",
        fails=True,
    )
    assert "没有叫 department.9 的单位" in read


def test_a_measure_of_what_nobody_declares_is_a_fault(home: Path, loan: Path) -> None:
    loan.with_name("measures.toml").write_text(
        '[measure.loans]\ntitle = "借出"\nkind = "count"\nfact = "matter.settled"\nsource = "district"\n'
        'where = [{ field = "procedure", is = ["tool_lone"] }, { field = "clocks.answer_bye.late", yes = true }]\n'
        'denominator = { says = "件" }\n',
        "utf-8",
    )
    told = StringIO()
    with pytest.raises(SystemExit):
        call_command("pack", "check", "qinghe", stdout=told, stderr=told)
    assert "没有叫 tool_lone 的程序 → 您是不是想写 tool_loan？" in told.getvalue()
    assert "没有叫 answer_bye 的时限 → 您是不是想写 answer_by？" in told.getvalue()
