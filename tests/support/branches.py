"""The town with a Party tree: two branches below a street, their secretaries, a committee member, members on the rolls."""

import re
from typing import Any

import pytest

from tests.support.town import SINCE, Town, local, town, words

__all__ = ["town"]
ROOT, ABOVE, BRANCH, NEXT = "dz", "dz-street", "dz-a", "dz-b"
#: who → (organization, kind of post)
POSTS = {
    "psec": (BRANCH, "party_secretary"),
    "pcom": (BRANCH, "party_committee_member"),
    "pnext": (NEXT, "party_secretary"),
    "pabove": (ABOVE, "party_secretary"),
}
MEMBERS = ("赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七", "王八", "冯九", "陈十", "褚甲", "卫乙")


class Branches(Town):
    """The town, and what a branch's pages ask for. ``tokens``: member's name → token."""

    tokens: dict[str, str]
    phones: dict[str, str]
    pack = "fuling"

    def number_of(self, who: str) -> str:
        return self.phones.get(who) or super().number_of(who)

    def form(self, who: str, **given: Any) -> tuple[str, dict[str, Any]]:
        """The record's form as it opens with names: (text with markup, what it holds)."""
        page = self.desk(who).post("/desk/branch/record/", given)
        assert page.status_code == 200, words(page)
        return page.content.decode(), fields(page.content.decode())

    def send(self, who: str, held: dict[str, Any], do: str = "send", expect: int = 303) -> Any:
        """Press a button of the form."""
        answer = self.desk(who).post("/desk/branch/record/", {**held, "do": do})
        assert answer.status_code == expect, words(answer)
        return answer

    def record(self, who: str = "psec", absent: dict[str, str] | None = None, **typed: Any) -> str:
        """An evening through the form: fill, check, confirm all that is proposed; gives its address."""
        _text, held = self.form(who, **({"slot": typed.pop("slot")} if "slot" in typed else {}))
        held |= typed | {f"s-{self.tokens[name]}": status for name, status in (absent or {}).items()}
        checked = self.send(who, held, "check", 200).content.decode()
        held = fields(checked)
        return str(self.send(who, held)["Location"])

    def enter(self, branch: str, members: int) -> list[str]:
        """More members on the roll of a branch by its name; gives their tokens."""
        from baodao.kernel.act import system_act
        from baodao.orgs.rolls.services import Enter, enter_members
        from baodao.orgs.selectors import forest, name_of

        code = next(c for c in forest().nodes if name_of(c) == branch)
        rolls = [
            Enter(code, f"{branch}{n}号", f"135{n:04}{sum(map(ord, code)) % 10_000:04}", SINCE)
            for n in range(members)
        ]
        return list(enter_members(system_act(local("01-06 09:00"), f"enter-{code}"), members_=rolls))

    def act(self, who: str) -> Any:
        """Somebody's Acts, by key: with the rights of her post."""
        from django.utils import timezone

        from baodao.kernel.act import Act
        from baodao.orgs.selectors import standing

        found = standing(self.uids[who])

        def made(key: str) -> Act:
            now = timezone.now().replace(microsecond=0)
            post = found.post.code if found.post is not None else ""
            return Act(
                "person", now, now, f"{who}-{key}", person=self.uids[who], post=post, grants=found.grants
            )

        return made

    def read(self, who: str, address: str, expect: int = 200) -> str:
        """A desk page as it reads."""
        answer = self.desk(who).get(address)
        assert answer.status_code == expect, words(answer)
        return words(answer)


def fields(text: str) -> dict[str, Any]:
    """What the record's form would send: inputs, ticks, choices, texts."""
    form = max(re.findall(r"<form.*?</form>", text, re.S), key=len)
    held: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if not name or (kind and kind[1] == "file"):
            continue
        if kind and kind[1] in ("checkbox", "radio"):
            if " checked" in tag and value:
                held.setdefault(name[1], []).append(value[1])
        else:
            held[name[1]] = _plain(value[1] if value else "")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        held[name] = _plain(body)
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        held[name] = chosen[1] if chosen else ""
    return held


def _plain(text: str) -> str:
    import html

    return html.unescape(text)


def raise_tree(where: Branches, members: int = len(MEMBERS)) -> None:
    """Organizations, posts and rolls, by the product's own verbs."""
    from baodao.kernel.act import system_act
    from baodao.orgs.rolls.services import Enter, enter_members
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, bind_pack, create_orgs
    from baodao.people.services.identity import Entry, enrol

    def system(name: str) -> Any:
        return system_act(local("01-05 09:00"), f"branches-{name}")

    def org(code: str, name: str, level: str, kind: str, parent: str = "") -> NewOrg:
        return NewOrg(code, name, level, kind, SINCE, parent, tree="party")

    create_orgs(system("root"), orgs=[org(ROOT, "区委", "party_district", "committee")])
    bind_pack(system("pack"), org=ROOT, pack=where.pack, since=SINCE)
    create_orgs(
        system("orgs"),
        orgs=[
            org(ABOVE, "街道党工委", "party_street", "committee", ROOT),
            org(BRANCH, "甲支部", "party_community", "branch", ABOVE),
            org(NEXT, "乙支部", "party_community", "branch", ABOVE),
        ],
    )
    where.phones = {who: f"137{n:04}8899" for n, who in enumerate(POSTS)}
    entries = [Entry(ref=who, name=f"书记{who}", phone=where.phones[who], kind="staff") for who in POSTS]
    where.uids |= enrol(system("people"), entries=entries).uids
    begin_posts(
        system("posts"),
        posts=[NewPost(f"p-{who}", o, kind, where.uids[who], SINCE) for who, (o, kind) in POSTS.items()],
    )
    where.phones |= {name: f"136{n:04}8899" for n, name in enumerate(MEMBERS)}
    rolls = [Enter(BRANCH, name, where.phones[name], SINCE) for name in MEMBERS[:members]]
    where.tokens = dict(zip(MEMBERS[:members], enter_members(system("roll"), members_=rolls), strict=True))


def branches_of(town: Town, pack: str, members: int = len(MEMBERS)) -> Branches:
    """The same tree under the pack of another district."""
    where = Branches(town.uids, town.data)
    where.pack = pack
    raise_tree(where, members)
    return where


@pytest.fixture
def branches(town: Town) -> Branches:
    """Twelve members, the usual branch."""
    where = Branches(town.uids, town.data)
    raise_tree(where)
    return where
