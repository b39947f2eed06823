"""What a server reads before it serves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connections

from baodao.kernel import warm
from baodao.kernel.declare import forget_packs, load
from tests.support.town import town  # noqa: F401


def test_the_packs_that_rule_here_are_read_before_the_first_request(town: Any) -> None:  # noqa: F811
    forget_packs()
    warm.warm()
    assert "fuling" in load._held
    # Workers are forked after it: none may inherit a connection.
    assert all(connection.connection is None for connection in connections.all())


def test_a_database_that_is_away_does_not_keep_the_server_from_starting(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("no such host")

    told: list[object] = []
    monkeypatch.setattr(warm._log, "warning", lambda *words: told.append(words[-1]))
    monkeypatch.setattr(warm, "_found", [away])
    monkeypatch.setattr(warm.connections, "close_all", lambda: None)
    warm.warm()
    assert [str(one) for one in told] == ["no such host"]
