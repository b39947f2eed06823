"""Writes facts from a process of its own.

python -m tests.ledger.writer WRITER COMMANDS LOCK      each with a pause between flush and commit
"""

import random
import sys
import time
from typing import Any

import django


def write(writer: str, commands: int, lock: int) -> None:
    """Many commands, each slow to commit after its ids were taken: what would lose facts if order were not
    commit order."""
    from baodao.ledger import flush
    from tests.ledger.noting import act, note

    chance = random.Random(writer)
    flush.LOCK = lock
    execute = flush._execute

    def slowly(statements: Any) -> None:
        execute(statements)
        time.sleep(chance.random() * 0.02)

    flush._execute = slowly
    for number in range(commands):
        note(act(), mark=f"{writer}.{number}", count=chance.randint(1, 3))


if __name__ == "__main__":
    django.setup()
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
