"""On the path of every process that the tests start: the clock stands where BAODAO_TEST_NOW put it when the run began, and ticks."""

import os

if now := os.environ.get("BAODAO_TEST_NOW"):
    import datetime
    import time

    import time_machine

    # A process that starts later must not begin at the run's first second again: its clock would lag behind the test's.
    since = datetime.timedelta(
        seconds=time.time() - float(os.environ.get("BAODAO_TEST_BEGAN") or time.time())
    )
    time_machine.travel(datetime.datetime.fromisoformat(now) + since, tick=True).start()
