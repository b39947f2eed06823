"""`pack check`: one sound pack, and one breaking of it for each kind of error, found where it was made."""

from pathlib import Path

import pytest
from django.core.management import call_command

from baodao.kernel.declare import load_pack
from baodao.matters.check import Walk, actors, inspect
from baodao.matters.declare import Procedure
from baodao.matters.references import facts_of, leg_states

DISTRICT = """source = "public"

[district]
code = "500102"
name = "涪陵区"
name_en = "Fuling"
number = "FL-{year}-{n:06}"
office_hours = ["09:00-12:00"]
"""

POSTS = """source = "public"

[level.office]
title = "站所"
title_en = "Office"
rank = 2

[post.person]
title = "居民"
title_en = "Resident"
rights = [{ right = "ask.open", reach = "any", level = 2 }, { right = "ask.confirm", reach = "self", level = 3 }]

[post.system]
title = "系统"
title_en = "System"
rights = [{ right = "ask.*", reach = "any", level = 3 }]

[post.handler]
title = "承办人"
title_en = "Handler"
at = ["office"]
rights = [{ right = "ask.report_in", reach = "legs", level = 2 }, { right = "ask.answer", reach = "legs", level = 2 }, { right = "ask.pause", reach = "legs", level = 2 }, { right = "ask.resume", reach = "legs", level = 2 }]

[post.head]
title = "负责人"
title_en = "Head"
at = ["office"]
rights = [{ right = "ask.extend", reach = "below" }]
"""

ASK = """source = "public"

[procedure.ask]
title = "Ask"
stays_open = true
stages = ["handling", "answered", "ended"]
legs_end = ["answered"]

[[procedure.ask.kind]]
name = "roads"
title = "Roads"

[[procedure.ask.pause]]
name = "rain"
title = "Rain"
longest = "5 workdays"

[[procedure.ask.clock]]
name = "answer_by"
limit = "5 workdays"
start = "leg_called"
stop = "leg_answered"
lapse = "escalate"

[[procedure.ask.clock]]
name = "confirm_by"
on = "round"
limit = "7 days"
start = "leg_answered"
stop = ["answered", "closed"]
lapse = "close_silent"

[[procedure.ask.action]]
name = "open"
title = "Open"
who = ["reporter"]
fields = { text = "longtext" }
then = [{ call = "lead" }]
reads = "Yours is {number}."

[[procedure.ask.action]]
name = "report_in"
title = "Take up"
on = "leg"
from = "called"
who = ["leg"]
reads = "Taken up by {org}."

[[procedure.ask.action]]
name = "pause"
title = "Pause"
on = "leg"
from = "reported"
who = ["leg"]
fields = { cause = "pause" }
reads = "Waits: {cause}."

[[procedure.ask.action]]
name = "resume"
title = "Resume"
on = "leg"
from = "reported"
who = ["leg", "system"]
reads = "Goes on."

[[procedure.ask.action]]
name = "extend"
title = "Extend"
on = "leg"
from = "reported"
who = ["superior_of_holder"]
when = [{ other_person_than = "leg_reported" }]
extends = "answer_by"
fields = { extra = "int" }
reads = "{extra} more."

[[procedure.ask.action]]
name = "answer"
title = "Answer"
on = "leg"
from = "reported"
who = ["leg"]
fields = { claim = "code:solved|partly", result = "text" }
then = [{ goto = "answered" }]
reads = "{result}"

[[procedure.ask.action]]
name = "escalate"
title = "Late"
on = "leg"
from = ["called", "reported"]
who = ["system"]

[[procedure.ask.action]]
name = "confirm"
title = "Confirm"
from = "answered"
who = ["reporter"]
fields = { answer = "code:solved|not" }
then = [{ goto = "ended" }]
reads = "You said {answer}."

[[procedure.ask.action]]
name = "close_silent"
title = "Silence"
from = "answered"
who = ["system"]
records = "closed"
then = [{ goto = "ended" }]
reads = "No answer."

[procedure.ask.words]
"stage.handling" = "In hand"
"stage.answered" = "Answered"
"stage.ended" = "Ended"
"plain.handling" = "in hand"
"plain.answered" = "answered"
"plain.ended" = "ended"
"state.called" = "called"
"state.reported" = "taken up"
"state.answered" = "answered"
"field.text" = "Text"
"field.cause" = "Cause"
"field.extra" = "Days"
"field.claim" = "Claim"
"field.result" = "Result"
"field.answer" = "Answer"
"value.solved" = "solved"
"value.partly" = "partly"
"value.not" = "not solved"
"""

FILES = {"district": DISTRICT, "posts": POSTS, "ask": ASK}


def build(folder: Path, changes: dict[str, tuple[str, ...]] | None = None) -> Path:
    """The sound pack, with (old, new, old, new …) replaced once each in a file. Every change must bite."""
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        change = (changes or {}).get(name, ())
        for old, new in zip(change[::2], change[1::2], strict=True):
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def broken(tmp_path: Path, *change: str, file: str = "ask"):
    _pack, faults = inspect(build(tmp_path / "small", {file: change}))
    return faults


def test_the_sound_pack_is_sound(tmp_path):
    pack, faults = inspect(build(tmp_path / "small"))
    assert [fault.as_line() for fault in faults] == []
    walk = Walk(pack.many(Procedure)["ask"])
    assert {(point.stage, point.leg) for point in walk.after} == {
        ("handling", "called"),
        ("handling", "reported"),
        ("answered", "answered"),
        ("ended", "answered"),
    }
    assert walk.ending() == set(walk.after)


#: A stage that answers lead to and nothing leads out of.
PARKED = (
    'stages = ["handling",',
    'stages = ["parked", "handling",',
    "legs_end",
    'opens = "handling"\nlegs_end',
    'goto = "answered"',
    'goto = "parked"',
)

#: What is broken → (old, new, code, key, nearest right name).
REFERENCES = {
    "stage of goto": ('goto = "answered"', 'goto = "answerd"', "reference", "procedure.ask.action[answer].then[0].goto", "answered"),
    "stage of from": ('from = "answered"\nwho = ["reporter"]', 'from = "answred"\nwho = ["reporter"]', "reference", "procedure.ask.action[confirm].from", "answered"),
    "state of from": ('from = "reported"\nwho = ["superior', 'from = "reportd"\nwho = ["superior', "reference", "procedure.ask.action[extend].from", "reported"),
    "ends": ('legs_end = ["answered"]', 'legs_end = ["answered"]\nends = ["endd"]', "reference", "procedure.ask.ends", "ended"),
    "legs_end": ('legs_end = ["answered"]', 'legs_end = ["answerd"]', "reference", "procedure.ask.legs_end", "answered"),
    "a stage twice": ('"answered", "ended"]', '"answered", "ended", "answered"]', "twice", "procedure.ask.stages", ""),
    "lapse": ('lapse = "escalate"', 'lapse = "escalat"', "reference", "procedure.ask.clock[answer_by].lapse", "escalate"),
    "lapse not by the system": ('lapse = "escalate"', 'lapse = "answer"', "lapse", "procedure.ask.clock[answer_by].lapse", ""),
    "clock of a fact nobody records": ('stop = ["answered", "closed"]', 'stop = ["leg_returned"]', "reference", "procedure.ask.clock[confirm_by].stop", ""),
    "clock of an unknown action": ('start = "leg_called"', 'start = "leg_called.opne"', "reference", "procedure.ask.clock[answer_by].start", "leg_called.open"),
    "clock without a start": ('start = "leg_called"\n', "", "clock", "procedure.ask.clock[answer_by]", ""),
    "extended clock": ('extends = "answer_by"', 'extends = "anwer_by"', "reference", "procedure.ask.action[extend].extends", "answer_by"),
    "other person than a fact nobody records": ('than = "leg_reported"', 'than = "leg_ruled"', "reference", "procedure.ask.action[extend].when[0].other_person_than", ""),
    "promise that is no date": ('fields = { extra = "int" }', 'fields = { extra = "int" }\npromises = "extra"', "reference", "procedure.ask.action[extend].promises", ""),
    "extension without extra": ('fields = { extra = "int" }\nreads = "{extra} more."', 'reads = "More."', "field", "procedure.ask.action[extend].fields", ""),
    "pause without a cause": ('fields = { cause = "pause" }\nreads = "Waits: {cause}."', 'reads = "Waits."', "field", "procedure.ask.action[pause].fields", ""),
    "no cause to choose": ('[[procedure.ask.pause]]\nname = "rain"\ntitle = "Rain"\nlongest = "5 workdays"\n', "", "field", "procedure.ask.action[pause].fields.cause", ""),
    "answer without a claim": ('claim = "code:solved|partly", ', "", "field", "procedure.ask.action[answer].fields", ""),
    "next step not verified": ('result = "text" }', 'result = "text", next = "next_step" }', "field", "procedure.ask.action[answer].fields.next", ""),
    "slot of a sentence": ('reads = "{result}"', 'reads = "{resul}"', "reference", "procedure.ask.action[answer].reads", "result"),
    "word for nothing": ('"value.not" =', '"value.nott" =', "reference", "procedure.ask.words.value.nott", "value.not"),
    "state without a word": ('"state.reported" = "taken up"\n', "", "word", "procedure.ask.words.state.reported", ""),
    "opened procedure": ('then = [{ goto = "answered" }]', 'then = [{ goto = "answered" }, { open = "asc" }]', "reference", "procedure.ask.action[answer].then[1].open", "ask"),
    "clock of an effect": ('then = [{ goto = "answered" }]', 'then = [{ goto = "answered" }, { clock_stop = "answer" }]', "reference", "procedure.ask.action[answer].then[1].clock_stop", "answer_by"),
    "guard on an unknown clock": ('when = [{ other_person_than = "leg_reported" }]', 'when = [{ overdue = "answerby" }]', "reference", "procedure.ask.action[extend].when[0].overdue", "answer_by"),
    "guard on an unknown state": ('when = [{ other_person_than = "leg_reported" }]', 'when = [{ leg_state = "reporte" }]', "reference", "procedure.ask.action[extend].when[0].leg_state", "reported"),
    "guard on an unknown field": ('when = [{ other_person_than = "leg_reported" }]', 'when = [{ field_is = "extr", value = 1 }]', "reference", "procedure.ask.action[extend].when[0].field_is", "extra"),
    "chosen from nothing": ('then = [{ call = "lead" }]', 'then = [{ call = "lead", to = "chosen" }]', "field", "procedure.ask.action[open].then[0]", ""),
    "selector": ('who = ["superior_of_holder"]', 'who = ["superior_of_holdr"]', "pattern", "procedure.ask.action[extend].who[0]", "superior_of_holder"),
    "field type": ('fields = { text = "longtext" }', 'fields = { text = "longtex" }', "pattern", "procedure.ask.action[open].fields.text", "longtext"),
    "limit": ('limit = "7 days"', 'limit = "7 dayz"', "pattern", "procedure.ask.clock[confirm_by].limit", "day"),
    "a fact that nobody records": ('then = [{ goto = "answered" }]', 'then = [{ goto = "answered" }, { await = "gather.hold" }]', "reference", "procedure.ask.action[answer].then[1].await", "gather.held"),
    "a scope in which nobody is called": ('when = [{ other_person_than = "leg_reported" }]', 'when = [{ scopes = ["copy"] }]', "reference", "procedure.ask.action[extend].when[0].scopes", ""),
    "a bound on no date": ('fields = { extra = "int" }', 'fields = { extra = "int" }\nbounds = [{ field = "extra", latest = "today" }]', "reference", "procedure.ask.action[extend].bounds[0].field", ""),
    "a number for a date": ('fields = { extra = "int" }', 'fields = { extra = "int", day = "date" }\nbounds = [{ field = "day", least = 2 }]', "reference", "procedure.ask.action[extend].bounds[0].field", ""),
    "a bound beside nothing": ('fields = { extra = "int" }', 'fields = { extra = "int" }\nbounds = [{ field = "extra", most = "extr" }]', "reference", "procedure.ask.action[extend].bounds[0].most", "extra"),
    "two bounds in one": ('fields = { extra = "int" }', 'fields = { extra = "int" }\nbounds = [{ field = "extra", most = "extra", least = "extra" }]', "value", "procedure.ask.action[extend].bounds[0]", ""),
    "guard with two heads": ('when = [{ other_person_than = "leg_reported" }]', 'when = [{ other_person_than = "leg_reported", evidence = 1 }]', "value", "procedure.ask.action[extend].when[0]", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", REFERENCES)
def test_a_broken_reference_is_found_where_it_stands(tmp_path, what):
    old, new, code, key, nearest = REFERENCES[what]
    faults = broken(tmp_path, old, new)
    found = [(fault.code, fault.field, fault.nearest) for fault in faults]
    assert (code, key, nearest) in found, found
    fault = next(fault for fault in faults if (fault.code, fault.field) == (code, key))
    assert fault.file == "small/ask.toml"
    assert fault.remedy
    if code != "missing" and (new := new.strip()):
        text = (tmp_path / "small" / "ask.toml").read_text(encoding="utf-8").splitlines()
        # The fault is at the line of its key, or (for what is missing) at the head of its own table.
        assert 1 <= fault.line <= len(text)
        tail = key.rsplit(".", 1)[-1].split("[")[0]
        assert (
            tail.split("_")[0] in text[fault.line - 1]
            or "name = " in text[fault.line]
            or "[[" in text[fault.line - 1]
        )


#: What is broken → (old, new, code, part of the key).
MODELS = {
    "a stage that nothing reaches": ('stages = ["handling",', 'stages = ["handling", "checking",', "unreachable", "stages"),
    "a state that nothing reaches": ('name = "report_in"\ntitle = "Take up"\non = "leg"\nfrom = "called"', 'name = "report_in"\ntitle = "Take up"\non = "leg"\nfrom = "answered"', "unreachable", "action"),
    "an action that is never possible": ('when = [{ other_person_than = "leg_reported" }]', 'when = [{ within = "2 days", since = "closed" }]', "never", "action[extend]"),
    "an end that cannot be reached": (*PARKED, "stuck", "stages"),
    "waiting without a date": ('start = "leg_answered"\nstop = ["answered", "closed"]', 'start = "closed"\nstop = ["answered"]', "waits", "stages"),
    "a clock that only reminds": ('name = "confirm_by"\non = "round"\nlimit = "7 days"\nstart = "leg_answered"\nstop = ["answered", "closed"]\nlapse = "close_silent"', 'name = "confirm_by"\non = "round"\nlimit = "7 days"\nstart = "leg_answered"\nstop = ["answered", "closed"]\n', "waits", "clock[confirm_by]"),
    "an office that may stay late for ever": ("stays_open = true\n", "", "waits", "clock[answer_by]"),
    "a fact that no act takes up": ('then = [{ goto = "answered" }]', 'then = [{ goto = "answered" }, { await = "gather.held" }]', "waits", "action[answer].then[1].await"),
    "a clock that never starts": ('start = "leg_answered"\nstop = ["answered", "closed"]', 'start = "closed"\nstop = ["answered"]', "clock", "clock[confirm_by]"),
    "a lapse that is not possible when due": ('name = "escalate"\ntitle = "Late"\non = "leg"\nfrom = ["called", "reported"]', 'name = "escalate"\ntitle = "Late"\non = "leg"\nfrom = ["called"]', "lapse", "clock[answer_by].lapse"),
    "a missing word": ('"plain.answered" = "answered"\n', "", "word", "words.plain.answered"),
    "no sentence for the resident": ('reads = "Taken up by {org}."\n', "", "word", "action[report_in]"),
    "an action of nobody": ('name = "report_in"\ntitle = "Take up"\non = "leg"\nfrom = "called"\nwho = ["leg"]', 'name = "report_in"\ntitle = "Take up"\non = "leg"\nfrom = "called"', "actor", "action[report_in]"),
}  # fmt: skip


@pytest.mark.parametrize("what", MODELS)
def test_the_walk_finds(tmp_path, what):
    *change, code, key = MODELS[what]
    found = [(fault.code, fault.field) for fault in broken(tmp_path, *change)]
    assert (code, f"procedure.ask.{key}") in found, found


POSTS_BROKEN = {
    "nobody has the right": ('{ right = "ask.extend", reach = "below" }', '{ right = "ask.answer", reach = "below" }', "actor", "procedure.ask.action[extend].who"),
    "the right does not reach": ('{ right = "ask.extend", reach = "below" }', '{ right = "ask.extend", reach = "legs" }', "actor", "procedure.ask.action[extend].who"),
    "the system may not": ('{ right = "ask.*", reach = "any", level = 3 }', '{ right = "ask.resume", reach = "any", level = 3 }', "actor", "procedure.ask.action[escalate].who"),
    "the resident may not": ('{ right = "ask.confirm", reach = "self", level = 3 }', '{ right = "ask.open", reach = "self", level = 3 }', "actor", "procedure.ask.action[confirm].who"),
    "a right to no action": ('right = "ask.extend"', 'right = "ask.extnd"', "reference", "post.head.rights[0].right"),
    "a level that is not": ('at = ["office"]', 'at = ["ofice"]', "reference", "post.handler.at"),
}  # fmt: skip


@pytest.mark.parametrize("what", POSTS_BROKEN)
def test_posts_and_procedures_must_meet(tmp_path, what):
    old, new, code, key = POSTS_BROKEN[what]
    faults = broken(tmp_path, old, new, file="posts")
    found = [(fault.code, fault.field) for fault in faults]
    assert (code, key) in found, found
    assert all(fault.remedy for fault in faults)


def test_a_stuck_state_tells_the_way_there(tmp_path):
    faults = broken(tmp_path, *PARKED)
    stuck = [fault.reason for fault in faults if fault.code == "stuck"]
    assert any("open → report_in → answer" in reason for reason in stuck), stuck


def test_references_alone_stop_a_pack_from_being_used(tmp_path):
    """A pack with a wrong name is refused at reading, without `pack check`."""
    from baodao.kernel.declare import BadPack

    with pytest.raises(BadPack):
        load_pack(build(tmp_path / "small", {"ask": ('goto = "answered"', 'goto = "answerd"')}))


def test_who_can_be_meant_by_a_selector(tmp_path):
    pack, _faults = inspect(build(tmp_path / "small"))
    procedure = pack.many(Procedure)["ask"]

    def meant(name):
        action = procedure.action(name)
        assert action is not None
        return actors(pack, "ask", action)

    assert meant("answer") == {"leg": ["handler"]}
    assert meant("extend") == {"superior_of_holder": ["head"]}
    assert meant("confirm") == {"reporter": ["person"]}
    assert meant("resume") == {"leg": ["handler"], "system": ["system"]}


def test_states_and_facts_of_a_procedure(tmp_path):
    pack, _faults = inspect(build(tmp_path / "small"))
    procedure = pack.many(Procedure)["ask"]
    assert leg_states(procedure) == {"called", "reported", "answered"}
    assert {"opened", "leg_called", "leg_called.open", "acted.escalate", "closed.close_silent"} <= facts_of(
        procedure
    )
    assert "leg_returned" not in facts_of(procedure)


def test_the_command_ends_with_one_and_tells_where(tmp_path, capsys):
    folder = build(tmp_path / "small", {"ask": ('goto = "answered"', 'goto = "answerd"')})
    with pytest.raises(SystemExit) as caught:
        call_command("pack", "check", str(folder))
    assert caught.value.code == 1
    out = capsys.readouterr().out
    line = ASK[: ASK.index('then = [{ goto = "answered" }]')].count("\n") + 1
    assert f"small/ask.toml:{line} procedure.ask.action[answer].then[0].goto" in out


def test_the_command_is_content_with_a_sound_pack_and_lists_what_is_assumed(tmp_path, capsys):
    folder = build(tmp_path / "small", {"ask": ('name = "rain"', 'name = "rain"\nsource = "assumed"')})
    call_command("pack", "check", str(folder))
    out = capsys.readouterr().out
    assert "✓" in out
    assert "procedure.ask.pause[rain] Rain" in out
