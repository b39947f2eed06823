"""Each test's own memory of what the database holds."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    from baodao.kernel import epochs

    epochs.forget()
    yield
    epochs.forget()
