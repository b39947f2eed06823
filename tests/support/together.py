"""Several at the same moment, on real connections of their own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at once, each in a thread with a connection of its own; what each gave or raised, in their order. A minute
    is the longest: who is not done then stands as TimeoutError."""
    start, found = threading.Barrier(len(acts)), [TimeoutError("not done within a minute")] * len(acts)

    def run(place: int) -> None:
        try:
            start.wait(10)
            found[place] = acts[place]()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found
