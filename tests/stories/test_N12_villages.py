"""N12: 万企兴万村: 136 firms, 34 townships, 22 projects of some 700 million yuan: pairings on a map with the progress of projects. Firms
join by themselves: who does not leaves no trace, and nobody has a target or a rank. Entrepreneurs as first secretaries are posts.

Declared in packs/nanchuan/alliances.toml and projects.toml. Waits for other rooms: public pages (bulletin).
"""

import re
from datetime import date
from typing import Any

from tests.support.ledgers import under
from tests.support.pairings import founded, orgs, staff
from tests.support.town import DISTRICT, STREET, A, at, local, words

TOWNS, FIRMS, PROJECTS, SECRETARIES = 34, 136, 22, 15
FUND = 3_181_818_181  # fen each: some 700 million yuan in all


def settle(town: Any) -> str:
    """All that agreed, as the district enters it; the first township is the drawn street."""
    from baodao.kernel.act import system_act
    from baodao.matters.services import Draft, open_
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people.services.identity import Entry, enrol

    under("nanchuan")
    towns = [STREET, *[f"{DISTRICT}{100 + n}" for n in range(TOWNS - 1)]]
    orgs(*[(code, f"第{n}乡", "street", "township", DISTRICT) for n, code in enumerate(towns[1:], 1)])
    firms = [f"nc-firm-{n:03}" for n in range(FIRMS)]
    orgs(*[(code, f"企业{n:03}", "department", "enterprise", DISTRICT) for n, code in enumerate(firms)])
    # The last firm is not in yet.
    codes = [
        founded("firms_villages", f"结对{n}", helped=(one,), helpers=tuple(firms[n:-1:TOWNS]))
        for n, one in enumerate(towns)
    ]
    drafts = [
        Draft(
            procedure="project", org=A if n < 2 else towns[n], kind="village",
            fields={"title": f"项目{n}", "text": "修一条产业路。", "amount": FUND, "kind": "village"},
        )
        for n in range(PROJECTS)
    ]  # fmt: skip
    open_(system_act(local("02-01 09:00"), "projects"), matters=drafts)
    entries = [Entry(ref=f"boss-{n}", name=f"某总{n}", kind="staff") for n in range(SECRETARIES)]
    uids = enrol(system_act(local("02-01 09:00"), "bosses"), entries=entries).uids
    since, kind = date(2026, 1, 1), "firm_first_secretary"
    posts = [
        NewPost(code=f"fs-{n}", org=towns[n], kind=kind, person=uids[f"boss-{n}"], since=since)
        for n in range(SECRETARIES)
    ]
    begin_posts(system_act(local("02-01 09:00"), "first-secretaries"), posts=posts)
    return codes[0]


def test_pairings_on_a_map_with_project_progress(town: Any) -> None:
    code = settle(town)
    with at("11-23 09:00"):
        district = town.desk("supervisor")
        assert f"/desk/alliance-map/{code}/" in district.get(f"/desk/alliances/{code}/").content.decode()
        answer = district.get(f"/desk/alliance-map/{code}/")
        read = words(answer)
        assert "135 帮扶单位 34 受帮的地方 22 项目 70,000 万元，项目登记的金额" in read, read[:900]
        assert "15 第一书记（企业家）" in read
        assert f'/desk/alliances/{code}/">结对0</a>' in answer.content.decode()
        assert ">项目0</a>" in answer.content.decode(), "a project is known by its title, not by its number"
        assert "<svg" in answer.content.decode() and f'href="#at-{STREET}"' in answer.content.decode()
        assert "画街道 4 企业000、企业034" in read
        # In the order of places, not of who gives most.
        assert read.index("第1乡") < read.index("第2乡") < read.index("第10乡")
        assert town.desk("outsider").get(f"/desk/alliance-map/{code}/").status_code == 404


def test_a_firm_joins_by_itself_and_one_that_does_not_leaves_no_trace(town: Any) -> None:
    from baodao.ledger.models import Fact
    from baodao.orgs.alliances.models import AllianceMember

    under("nanchuan")
    orgs(
        ("nc-a", "甲公司", "department", "enterprise", DISTRICT),
        ("nc-b", "乙公司", "department", "enterprise", DISTRICT),
    )
    code = founded("firms_villages", "结对画街道", seat=STREET, helped=(STREET,))
    with at("11-23 09:00"):
        firm = staff(town, "firm", "nc-a", "office_head")
        # Nobody is asked by name: not on the form of the alliance, and no such fact is ever written.
        desk, there = town.desk("superior"), f"/desk/alliances/{code}/invite/"
        form = desk.get(there)
        assert form.status_code == 200
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.content.decode()))
        typed = {"org": "乙公司 nc-b", "role": "helper", "day": "2026-11-23", "do": "send"}
        refused = desk.post(there, {**hidden, **typed})
        assert refused.status_code == 422 and "不点名邀请" in words(refused)
        page = firm.get("/desk/alliances-free/")
        assert "结对画街道 万企兴万村 · 受帮：画街道" in words(page)
        assert "不加入的不记" in words(page)
        # Looking at it wrote nothing.
        assert not Fact.objects.filter(org="nc-a", kind__startswith="alliance.").exists()
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
        assert firm.post("/desk/alliances-free/", form).status_code == 303
        assert AllianceMember.objects.get(alliance=code, org="nc-a").role == "helper"
        # Of the firm that did not, there is nothing at all.
        assert not Fact.objects.filter(subject=f"alliance:{code}", about="org:nc-b").exists()
        assert not Fact.objects.filter(kind__in=("alliance.invited", "alliance.declined")).exists()
