"""No method makes a defect: what an address does not do is answered 405, OPTIONS changes nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("method", ["options", "head", "put", "patch", "delete", "trace"])
def test_other_methods_are_answered_without_a_defect(town: Any, method: str) -> None:
    for name in (
        "portal:home",
        "portal:report",
        "desk:home",
        "api:matter.list",
        "api:matter.kinds",
        "api:openapi",
    ):
        answer = getattr(Client(), method)(reverse(name))
        assert answer.status_code < 500, (name, method)
        assert answer.status_code in {200, 204, 302, 401, 405}, (name, method, answer.status_code)
