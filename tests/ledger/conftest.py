"""Each test's own memory of what the database holds."""

from collections.abc import Iterator

import pytest

from tests.matters.conftest import cast, packs  # noqa: F401


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    from baodao.kernel import epochs

    epochs.forget()
    yield
    epochs.forget()
