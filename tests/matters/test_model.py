"""The checker's abstract walk against the engine: whatever the engine can bring about, the walk has foreseen."""

from hypothesis import given

from baodao.matters.check import Walk
from baodao.matters.clocks import PAUSE_CLOCK
from baodao.matters.state import State

from .scene import REQUEST, Stage
from .test_walks import QUICK, Script, play, scripts

WALK = Walk(REQUEST, frozenset({"exclude"}))
FORESEEN = {(point.stage, point.leg, point.over, point.paused, point.clocks) for point in WALK.after}


def seen(state: State) -> tuple[str, str, bool, bool, frozenset[str]]:
    lead = state.lead
    assert lead is not None
    clocks = {run.clock for run in state.runs.values() if run.stopped is None and run.clock != PAUSE_CLOCK}
    return (state.stage, lead.state, lead.ended is not None, bool(lead.cause), frozenset(clocks))


@QUICK
@given(scripts)
def test_the_engine_never_leaves_the_walk(script: Script) -> None:
    for stage in play(script):
        found = seen(stage.state)
        if stage.state.ended is not None:
            assert stage.state.stage in {point.stage for point in WALK.after if WALK.ended(point)}
            assert not found[4]
        else:
            assert found in FORESEEN, (
                found,
                [fact.data.action for fact in stage.facts if hasattr(fact.data, "action")],
            )


def test_the_engine_takes_the_ways_that_the_walk_shows() -> None:
    """Each place of the walk (stage and state of the leg) is reached by the engine in one of a few plain stories."""
    from .scene import HANDLER, RESIDENT, at

    places = set()

    def note(stage: Stage) -> None:
        lead = stage.state.lead
        assert lead is not None
        places.add((stage.state.stage, "" if stage.state.ended else lead.state))

    stage = Stage()
    note(stage)
    for when, actor, name, fields in (
        ("03-02 10:00", HANDLER, "report_in", {}),
        ("03-02 11:00", HANDLER, "answer", {"claim": "solved", "result": "修好了"}),
        ("03-02 12:00", RESIDENT, "confirm", {"answer": "solved"}),
    ):
        stage.act(name, actor, at(when), fields)
        note(stage)
    shown = {(point.stage, "" if WALK.ended(point) else point.leg) for point in WALK.after}
    assert places == shown
