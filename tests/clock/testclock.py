"""The moved clock of a run: every process stands at the same moment, to a few milliseconds."""

import os

#: Seconds that a process may be apart, and how often it tries on a busy machine.
NEAR, TRIES = 0.005, 50


def start(now: str) -> None:
    """Let this process's clock tick from ``now`` (ISO, aware) on, as if it had begun when the run did (BAODAO_TEST_BEGAN)."""
    import datetime
    import sys
    import time

    import time_machine

    # A process that starts later must not begin at the run's first second again: its clock would lag behind the test's.
    began = float(os.environ.setdefault("BAODAO_TEST_BEGAN", str(time.time())))
    moved, real = datetime.datetime.fromisoformat(now), time_machine.escape_hatch.time.time
    clock = time_machine.travel(moved, tick=True).start()
    for _ in range(TRIES):
        clock.move_to(moved + datetime.timedelta(seconds=real() - began), tick=True)
        # Whoever is put aside between asking and setting lags by that: a test was a second behind its server.
        apart = time.time() - real() - (moved.timestamp() - began)
        if abs(apart) < NEAR:
            return
    print(
        f"testclock: this process stands {apart:+.3f} s apart from the run after {TRIES} tries",
        file=sys.stderr,
    )
