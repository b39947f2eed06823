"""On the path of every process that the tests start: the clock stands where BAODAO_TEST_NOW put it when the run began, and ticks."""

import os

if now := os.environ.get("BAODAO_TEST_NOW"):
    from testclock import start

    start(now)
