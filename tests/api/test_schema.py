"""The interface against its own description: whatever is sent, no defect answers, and each answer is as described."""

import contextlib
import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from baodao.wsgi import application

FEW, MANY = 3, 8
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def hammer(
    operation: Any, mode: GenerationMode, known: dict[str, list[Any]], headers: dict[str, str], examples: int
) -> int:
    """Send made-up calls of one operation; path parameters are real ones every other time. Gives how many."""
    sent = []
    picks = {name: st.none() | st.sampled_from(values) for name, values in known.items()}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), picked=st.fixed_dictionaries(picks))
    def run(case: Any, picked: dict[str, str | None]) -> None:
        real = {n: v for n, v in picked.items() if v is not None and n in (case.path_parameters or {})}
        case.path_parameters = {**(case.path_parameters or {}), **real}
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            told = answer.json()
            assert answer.headers["content-type"][0].startswith("application/problem+json")
            assert told["status"] == answer.status_code
            assert told["title"]
        sent.append(answer.status_code)

    # What takes nothing cannot be asked wrongly.
    with contextlib.suppress(Unsatisfiable):
        run()
    return len(sent)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize(
    ("who", "examples"),
    [
        ("administrator", FEW),
        *(
            pytest.param(one, MANY, marks=pytest.mark.long)
            for one in ("visitor", "secretary", "administrator")
        ),
    ],
)
def test_answers_are_as_described(town: Any, who: str, examples: int, mode: GenerationMode) -> None:
    number = town.phone().report(text="路灯不亮。", kind="road")
    headers = {} if who == "visitor" else town.office(who).headers
    known = {
        "number": [number],
        "action": ["report_in", "note", "answer", "pause"],
        "code": ["500102001"],
        "leg": [1],
    }
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    done = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        done[operation.label] = hammer(operation, mode, known, headers, examples)
    assert len(done) >= 10
    assert sum(done.values()) > len(done)


def test_the_description_is_openapi_3_1_and_names_every_operation(town: Any) -> None:
    from baodao.kernel.http import endpoints

    answer = town.phone().browser.get("/api/v1/openapi.json")
    told = json.loads(answer.content)
    assert told["openapi"] == "3.1.0"
    named = {op["operationId"] for path in told["paths"].values() for op in path.values()}
    assert named == {f"{e.name}.{e.method.lower()}" for e in endpoints()}
    # Nothing in it is left to be guessed: each body forbids what it does not name.
    for path in told["paths"].values():
        for op in path.values():
            if "application/json" in op.get("requestBody", {}).get("content", {}):
                ref = op["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                assert told["components"]["schemas"][ref]["additionalProperties"] is False
