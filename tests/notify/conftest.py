"""People who can be told, and what is told to them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    from baodao.kernel import epochs

    epochs.forget()
    yield
    epochs.forget()


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """Unless a test moves it, the clock stands at ten in the morning of a Monday."""
    import time_machine

    from tests.notify.telling import MORNING

    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the audience function of the test kind gives; fill it."""
    from baodao.ledger import audience
    from baodao.ledger.audience import register_audience, register_template
    from baodao.notify import readers
    from tests.notify.telling import KIND

    found: list[Any] = []
    monkeypatch.setattr(audience, "_audiences", dict(audience._audiences))
    monkeypatch.setattr(audience, "_templates", dict(audience._templates))
    register_audience(KIND, lambda fact: list(found))
    register_template("test.step", "您的 {number} 已派给{org}，请在{day}前查看。")
    readers.start()
    yield found
    monkeypatch.undo()
    readers.start()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Any:
    from baodao.notify import sender
    from tests.notify.telling import Gateway

    made = Gateway()
    monkeypatch.setattr(sender, "adapter_for", lambda channel: made)
    return made


@pytest.fixture
def person(db: Any) -> Callable[..., str]:
    """Makes somebody: `account`, and which consents."""

    from baodao.kernel.act import new_key, system_act
    from tests.notify.telling import MORNING, NAME, PHONE, numbers

    def make(
        *, account: bool = False, agrees: tuple[str, ...] = (), phone: str = PHONE, email: str = ""
    ) -> str:
        from baodao.people.models import Account, Consent
        from baodao.people.services.identity import Entry, enrol

        by = system_act(MORNING - timedelta(days=30), new_key())
        uid = enrol(by, entries=[Entry(ref="x", name=NAME, phone=phone, email=email)]).uids["x"]
        if account:
            Account.objects.create(
                username=f"u{next(numbers)}", person_id=uid, created=by.noted, password="!"
            )
        for what in agrees:
            Consent.objects.create(person_id=uid, what=what, version="1", given=by.noted)
        return uid

    return make
