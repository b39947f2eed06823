"""What is sent to the interface: bodies that are right in themselves, about what is in the town, each undone afterwards. Whoever lacks
the right is refused before anything else is said; whoever has it is told that it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.support.town import GRID_B, OTHER_STREET, STREET, A, B, square

from . import day
from .stock import EMPTY

Body = Callable[[dict[str, str]], dict[str, Any]]
TODAY, TOMORROW = day.TODAY.isoformat(), (day.TODAY + timedelta(days=1)).isoformat()
_FACILITY = {"org": A, "kind": "meeting_room", "name": "另一间", "since": TODAY}


def always(body: dict[str, Any]) -> Body:
    return lambda people: body


#: name of the endpoint → (right, organizations where it is asked, what is sent; it is given who → uid).
ACTS: dict[str, tuple[str, tuple[str, ...], Body]] = {
    "org.create": (
        "org.create",
        (STREET,),
        always(
            {
                "orgs": [
                    {
                        "code": "500102001009",
                        "name": "新社区",
                        "level": "community",
                        "kind": "community",
                        "since": TODAY,
                        "parent": STREET,
                    }
                ]
            }
        ),
    ),
    "org.move": (
        "org.move",
        (B, OTHER_STREET),
        always({"moves": [{"org": B, "parent": OTHER_STREET, "since": TOMORROW}]}),
    ),
    "org.end": ("org.end", (EMPTY,), always({"ends": [{"org": EMPTY, "until": TOMORROW, "successor": B}]})),
    "post.begin": (
        "post.begin",
        (A,),
        lambda people: {
            "posts": [
                {
                    "code": "p-new",
                    "org": A,
                    "kind": "grid_worker",
                    "person": people["neighbour"],
                    "since": TODAY,
                }
            ]
        },
    ),
    "post.end": ("post.end", (A,), always({"posts": [{"code": "p-secretary", "until": TOMORROW}]})),
    "grid.draw": (
        "grid.draw",
        (A,),
        always(
            {
                "grids": [
                    {
                        "code": f"{A}-09",
                        "org": A,
                        "name": "新网格",
                        "polygon": square(8, 1, 1),
                        "since": TODAY,
                    }
                ]
            }
        ),
    ),
    "grid.end": ("grid.end", (B,), always({"grids": [{"code": GRID_B, "until": TOMORROW}]})),
    "facility.register": ("facility.register", (A,), always({"facilities": [_FACILITY]})),
    "facility.change": ("facility.change", (A,), always({"facilities": [{**_FACILITY, "code": "fac-a"}]})),
    "facility.end": ("facility.end", (A,), always({"ends": [{"code": "fac-a", "until": TOMORROW}]})),
    "building.record": (
        "building.record",
        (A,),
        always({"buildings": [{"code": "b-new", "name": "2栋", "since": TODAY, "grid": f"{A}-01"}]}),
    ),
    "building.end": ("building.end", (A,), always({"ends": [{"code": "b-a", "until": TOMORROW}]})),
    "compound.record": (
        "compound.record",
        (A,),
        always({"compounds": [{"code": "c-new", "name": "新小区", "org": A, "since": TODAY}]}),
    ),
    "compound.end": ("compound.end", (A,), always({"ends": [{"code": "c-empty", "until": TOMORROW}]})),
}
