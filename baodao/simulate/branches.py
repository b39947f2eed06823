"""Simulated Party branches: one for each community that calls departments, below its street and district in the Party tree, with a
secretary (the community's, one shoulder for both) and a roll. Names and numbers are made up and say so."""

import random
from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.orgs.rolls.services import Enter, enter_members
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.selectors import forest, pack_of
from baodao.orgs.services import begin_posts, bind_pack, create_orgs

from . import words
from .district import Cast

#: Members of a branch; every third branch is too small for a secret result.
MEMBERS, FEW = 12, 6
#: Telephone numbers of members in a district's block of ten thousand.
FIRST = 7000


class Branch(msgspec.Struct, frozen=True):
    """A branch of the simulated district: its code, its community, its secretary's post, its members' tokens."""

    code: str
    community: str
    post: str
    members: tuple[str, ...]


def found_branches(cast: Cast, now: datetime, rng: random.Random, since: date) -> list[Branch]:
    """Found them through the verbs, by the system, of origin `simulated`. The same again adds nothing."""
    create_orgs(system_act(now, f"sim-{cast.prefix}-branches", "simulated"), orgs=list(_orgs(cast, since)))
    bind_pack(
        system_act(now, f"sim-{cast.prefix}-branch-pack", "simulated"), org=f"{cast.district}-qw",
        pack=pack_of(cast.district), since=since,
    )  # fmt: skip
    epochs.refresh(0)
    posts = [
        NewPost(
            code=f"{branch_of(community)}.party-secretary", org=branch_of(community), kind="party_secretary",
            person=cast.holds(cast.post_at(community, "community_secretary"))[0], since=since,
        )
        for community in cast.callers
    ]  # fmt: skip
    begin_posts(system_act(now, f"sim-{cast.prefix}-branch-posts", "simulated"), posts=posts)
    for post in posts:
        cast.appoint(post.code, post.person, post.org, post.kind)
    return [_rolled(cast, n, post, now, rng) for n, post in enumerate(posts)]


def branch_of(community: str) -> str:
    """Code of the branch of a community."""
    return f"{community}-dzb"


def _orgs(cast: Cast, since: date) -> Iterator[NewOrg]:
    nodes = forest().nodes
    district, streets = nodes[cast.district], sorted({community[:9] for community in cast.callers})
    above = f"{cast.district}-qw"
    yield NewOrg(
        code=above, name=f"中共{district.name}委", name_en=f"Party committee of {district.name}",
        tree="party", level="party_district", kind="committee", since=since,
    )  # fmt: skip
    for street in streets:
        yield NewOrg(
            code=f"{street}-dgw", name=f"{nodes[street].name}党工委", name_en=f"Party work committee of {street}",
            tree="party", level="party_street", kind="work_committee", since=since, parent=above,
        )  # fmt: skip
    for community in cast.callers:
        yield NewOrg(
            code=branch_of(community), name=f"{nodes[community].name}党支部", name_en=f"Party branch of {community}",
            tree="party", level="party_community", kind="branch", since=since, parent=f"{community[:9]}-dgw",
        )  # fmt: skip


def _rolled(cast: Cast, n: int, post: NewPost, now: datetime, rng: random.Random) -> Branch:
    first = int(cast.district) % 1000 * 10_000 + FIRST + n * 50
    count = FEW if n % 3 == 2 else MEMBERS
    entered = [
        Enter(branch=post.org, name=words.name(rng), phone=words.phone(first + k), since=post.since)
        for k in range(count)
    ]
    by = system_act(now, f"sim-{post.org}-roll", "simulated")
    tokens = enter_members(by, members_=entered)
    return Branch(post.org, post.org.removesuffix("-dzb"), post.code, tuple(tokens))
