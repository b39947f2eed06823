"""What becomes of each simulated request: a fate is a list of steps with the hours between them. Pure; drawn with a seeded chance."""

import random
from collections.abc import Iterator

import msgspec

from . import words

#: Fates and how often they come, when nothing was planted.
WEIGHTS = {
    "solved": 42,
    "silent": 18,
    "partly": 8,
    "reopened": 8,
    "refused": 7,
    "paused": 7,
    "extended": 4,
    "handed_over": 4,
    "withdrawn": 2,
}
PAUSES = ("permit", "money", "weather", "resident")


class Step(msgspec.Struct, frozen=True):
    """One act: `who` resident | holder | superior | ruler, the action, its fields, working hours (staff) or hours (residents) after
    the step before."""

    who: str
    action: str
    hours: float
    fields: dict[str, str | int] = {}


def draw(rng: random.Random) -> str:
    """A fate by its weight."""
    return rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def steps(fate: str, rng: random.Random, *, late: bool = False, answers: bool = True) -> Iterator[Step]:
    """The acts of a fate. `late`: everything takes so long that both limits lapse. `answers` false: the resident never says a word."""
    slow = 14.0 if late else 1.0
    yield Step("holder", "report_in", rng.uniform(0.3, 5) * slow)
    if fate == "withdrawn":
        yield Step("resident", "withdraw", rng.uniform(3, 20))
        return
    yield from _work(fate, rng, slow)
    if fate == "refused":
        reason = words.said(rng, "reasons")
        yield Step("holder", "cannot", rng.uniform(4, 10) * slow, {"reason": reason, "next_step": "hotline"})
        if answers and rng.random() < 0.4:
            yield Step("resident", "confirm", rng.uniform(4, 60), {"answer": "not"})
        return
    claim = "partly" if fate == "partly" else "solved"
    result = words.said(rng, "partly" if claim == "partly" else "results")
    yield Step("holder", "answer", rng.uniform(2, 12) * slow, {"claim": claim, "result": result})
    if fate == "silent" or not answers:
        return
    yield from _word(fate, rng)


def _work(fate: str, rng: random.Random, slow: float) -> Iterator[Step]:
    if rng.random() < 0.6:
        yield Step(
            "holder", "visit", rng.uniform(0.5, 3) * slow, {"at": "+1", "text": words.said(rng, "visits")}
        )
        yield Step("holder", "visited", rng.uniform(4, 9), {"found": words.said(rng, "found")})
    if fate == "paused":
        cause = rng.choice(PAUSES)
        reason = words.vocabulary()["staff"]["pauses"][cause]
        yield Step("holder", "pause", rng.uniform(1, 4), {"cause": cause, "reason": reason})
        yield Step("holder", "resume", rng.uniform(12, 40))
    if fate == "extended":
        extra = rng.randint(1, 3)
        yield Step(
            "holder",
            "ask_extension",
            rng.uniform(2, 6),
            {"extra": extra, "reason": words.said(rng, "extensions")},
        )
        yield Step(
            "superior", "extend", rng.uniform(1, 6), {"extra": extra, "reason": words.said(rng, "extensions")}
        )
    if fate == "handed_over":
        yield Step(
            "holder", "hand_over", rng.uniform(1, 4), {"org": "@station", "reason": words.said(rng, "notes")}
        )
        yield Step("holder", "report_in", rng.uniform(1, 5))
    if rng.random() < 0.5:
        yield Step("holder", "note", rng.uniform(1, 6), {"text": words.said(rng, "notes")})


def _word(fate: str, rng: random.Random) -> Iterator[Step]:
    if fate == "reopened":
        yield Step("resident", "confirm", rng.uniform(4, 40), {"answer": "not"})
        yield Step("resident", "reopen", rng.uniform(0.1, 4), {"text": words.said(rng, "reopen")})
        yield Step("holder", "report_in", rng.uniform(0.5, 4))
        yield Step(
            "holder", "answer", rng.uniform(6, 20), {"claim": "solved", "result": words.said(rng, "results")}
        )
        yield Step("resident", "confirm", rng.uniform(4, 60), {"answer": "solved"})
        return
    answer = "partly" if fate == "partly" else "solved"
    yield Step("resident", "confirm", rng.uniform(2, 90), {"answer": answer})
    if rng.random() < 0.7:
        yield Step("resident", "rate", rng.uniform(0.01, 0.2), {"stars": rng.choice((3, 4, 4, 5, 5))})
