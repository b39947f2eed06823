"""Long work of the ledger, done by the worker."""

from typing import Any

import msgspec
from msgspec.structs import replace

from baodao.kernel.jobs import Running, job

from .services import takeback

TAKEBACK = "ledger.takeback"


@job(TAKEBACK, idempotent=True)
def take_back(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    """`args`: batch. One command, so that it is whole or nothing; the verb asks the right."""
    act = replace(running.by, command=f"takeback-{running.id}")
    done: dict[str, Any] = msgspec.to_builtins(takeback(act, batch=args["batch"]))
    return done
