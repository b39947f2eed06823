"""Organizations and appointments over HTTP, and what a hostile body does: nothing but a told fault."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baodao.kernel.act import Act
from baodao.kernel.errors import Problem
from baodao.orgs import caches, selectors
from baodao.orgs.api import EndPostsBody, EndsBody, MovesBody, OrgsBody, PostsBody
from baodao.orgs.models import Org, Post
from baodao.orgs.services import begin_posts, create_orgs, end_orgs, end_posts, move_orgs
from baodao.places.api import EndGridsBody, GridsBody
from baodao.places.services import draw_grids, end_grids
from tests.orgs.conftest import system

VERBS: list[tuple[Any, str, Callable[..., Any]]] = [
    (OrgsBody, "orgs", create_orgs),
    (MovesBody, "moves", move_orgs),
    (EndsBody, "ends", end_orgs),
    (PostsBody, "posts", begin_posts),
    (EndPostsBody, "posts", end_posts),
    (GridsBody, "grids", draw_grids),
    (EndGridsBody, "grids", end_grids),
]


def test_anybody_reads_an_organization_and_nobody_without_a_token_writes(client: Any, district: None) -> None:
    found = client.get("/api/v1/orgs/zjw-fw/")
    assert found.status_code == 200
    assert found.json()["above"] == ["zjw", "990101"]
    assert client.get("/api/v1/orgs/zjw/").json()["children"] == ["zjw-fw"]
    assert client.get("/api/v1/orgs/no/").status_code == 404
    for path in ("orgs", "org-moves", "org-ends", "posts", "post-ends", "grids", "grid-ends"):
        answer = client.post(f"/api/v1/{path}/", data=b"{}", content_type="application/json")
        assert answer.status_code == 401, path


words = st.sampled_from(
    ["", "990101", "zjw-fw", "zjw", "street", "handler", "anyone", "admin", "0" * 32, "\x00"]
) | st.text(max_size=8)
days = st.dates()


@pytest.mark.parametrize(("body", "name", "do"), VERBS, ids=[str(verb[2].__name__) for verb in VERBS])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_body_holds_is_done_or_told(
    district: None, data: st.DataObject, body: Any, name: str, do: Callable[..., Any]
) -> None:
    member = msgspec.inspect.type_info(body).fields[0].type.item_type  # type: ignore[attr-defined]
    struct = member.cls
    columns = {
        field.name: days if "date" in str(field.type) else words for field in msgspec.structs.fields(struct)
    }
    rows = data.draw(st.lists(st.builds(struct, **columns), min_size=1, max_size=3))
    before = Org.objects.count(), Post.objects.count()
    told: Problem | None = None
    try:
        do(system(), **{name: rows})
    except Problem as problem:
        told = problem
    if told is not None:
        assert told.status in (403, 409, 422)
        assert told.faults
        assert before == (Org.objects.count(), Post.objects.count())
    assert list(caches.check()) == []


def test_a_list_with_the_same_member_twice_is_told(district: None, person: Callable[[], str]) -> None:
    from datetime import date

    from baodao.kernel.errors import Invalid
    from baodao.orgs.ruling import End, EndPost, NewPost

    later = date(2026, 6, 1)
    begin_posts(system(), posts=[NewPost("fw-1", "zjw-fw", "handler", person(), date(2024, 1, 1))])
    with pytest.raises(Invalid):
        end_posts(system(), posts=[EndPost("fw-1", later), EndPost("fw-1", later)])
    with pytest.raises(Invalid):
        end_orgs(system(), ends=[End("990101002001", later), End("990101002001", later)])
    assert selectors.forest().nodes["990101002001"].until is None
    assert isinstance(system(), Act)
