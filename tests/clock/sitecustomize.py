"""On the path of every process that the tests start: the clock stands where BAODAO_TEST_NOW puts it, and ticks."""

import os

if now := os.environ.get("BAODAO_TEST_NOW"):
    import datetime

    import time_machine

    time_machine.travel(datetime.datetime.fromisoformat(now), tick=True).start()
