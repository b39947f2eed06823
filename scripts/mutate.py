"""Mutation of pure engines: change one thing in one function, run their tests, count how many changes make a test fail.

    python scripts/mutate.py --at-least 85 baodao/matters/clocks.py baodao/matters/settlement.py -- tests/matters/test_clocks.py …

Everything is imported once; each mutant lives in a fork that swaps the code of one function (so names imported elsewhere
change too) and runs the tests in itself. Survivors are printed as file:line, what was changed, and the line.
"""

import argparse
import ast
import contextlib
import copy
import ctypes
import importlib
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
Parents = dict[ast.AST, ast.AST]

COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Add,
}


class Mutant(NamedTuple):
    """One change: where, in which function (dotted inside the module), what, and the changed module as a tree."""

    path: Path
    function: str
    line: int
    change: str
    tree: ast.Module


def variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every change of this one node as (words, new node)."""
    if isinstance(node, ast.Compare):
        for index, op in enumerate(node.ops):
            for other in COMPARE.get(type(op), ()):
                ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                yield f"{type(op).__name__} → {other.__name__}", ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        other_op = ARITHMETIC[type(node.op)]
        yield f"{type(node.op).__name__} → {other_op.__name__}", ast.BinOp(node.left, other_op(), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        other_op = ARITHMETIC[type(node.op)]
        yield (
            f"{type(node.op).__name__}= → {other_op.__name__}=",
            ast.AugAssign(node.target, other_op(), node.value),
        )
    elif isinstance(node, ast.BoolOp):
        swapped: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{type(node.op).__name__} → {type(swapped).__name__}", ast.BoolOp(swapped, node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", node.operand
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        turned = copy.copy(node)
        turned.test = ast.UnaryOp(ast.Not(), node.test)
        yield "condition turned round", turned
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "returns None", ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call dropped", ast.Pass()


def _constants(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield f"{node.value} → {node.value + 1}", ast.Constant(node.value + 1)
    elif isinstance(node.value, str) and node.value:
        yield f"{node.value!r} → 'mutant'", ast.Constant("mutant")


def _skipped(function: ast.AST) -> set[ast.AST]:
    """Annotations, docstrings, decorators and messages of errors are not behaviour."""
    out: set[ast.AST] = set()
    for node in ast.walk(function):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [
                *node.decorator_list,
                node.returns,
                *(a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)),
            ]
            if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
                parts.append(node.body[0])
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Raise | ast.JoinedStr | ast.Assert):
            parts = [node]
        for part in filter(None, parts):
            out.update(ast.walk(part))
    return out


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions of the module and methods of its classes, with their dotted names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not any(
            ast.unparse(base) == "Protocol" for base in node.bases
        ):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def mutants(path: Path) -> Iterator[Mutant]:
    """All mutants of a file."""
    tree = ast.parse(path.read_text())
    for name, function in functions(tree):
        skipped = _skipped(function)
        for node in ast.walk(function):
            if node in skipped or node is function:
                continue
            for words, fresh in variants(node):
                yield Mutant(path, name, getattr(node, "lineno", 0), words, _with(tree, node, fresh))


def _with(tree: ast.Module, old: ast.AST, fresh: ast.AST) -> ast.Module:
    """A copy of the tree in which `fresh` stands for `old`."""
    memo = {id(old): ast.copy_location(fresh, old)}
    return ast.fix_missing_locations(copy.deepcopy(tree, memo))


def _codes(code: CodeType, prefix: str = "") -> Iterator[tuple[str, CodeType]]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield prefix + const.co_name, const
            yield from _codes(const, f"{prefix}{const.co_name}.")


def swap(module: ModuleType, mutant: Mutant) -> None:
    """Give the living function the mutant's code."""
    code = dict(_codes(compile(mutant.tree, str(mutant.path), "exec", dont_inherit=True)))[mutant.function]
    owner: Any = module
    for name in mutant.function.split("."):
        owner = owner.__dict__[name] if isinstance(owner, type) else getattr(owner, name)
    for attribute in ("__func__", "fget", "__wrapped__"):
        owner = getattr(owner, attribute, owner)
    assert isinstance(owner, FunctionType), mutant.function
    owner.__code__ = code


def run_tests(tests: list[str]) -> int:
    """pytest in this process, silent, at the first failure done."""
    import pytest

    with (
        open(os.devnull, "w") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        # pytest writes to the file descriptors too.
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
        return int(
            pytest.main(
                ["-x", "-q", "--no-header", "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]
            )
        )


def fork(tests: list[str], mutant: Mutant | None = None) -> int:
    """Start a child that runs the tests on the mutant; returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 99
    try:
        os.setpgrp()
        # PR_SET_PDEATHSIG: no child outlives the runner.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        if mutant:
            name = mutant.path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            swap(importlib.import_module(name), mutant)
        status = run_tests(tests)
    finally:
        os._exit(status)


def warm(tests: list[str]) -> float:
    """Import everything, run the tests once unchanged; returns their seconds. Exits if they fail."""
    from hypothesis import Phase, settings

    settings.register_profile(
        "mutation", phases=[Phase.explicit, Phase.generate], derandomize=True, database=None, deadline=None
    )
    settings.load_profile("mutation")
    os.environ["DJANGO_SETTINGS_MODULE"] = "baodao.settings"
    import django

    django.setup()
    began = time.perf_counter()
    _, status = os.waitpid(fork(tests), 0)
    if status:
        raise SystemExit("The tests fail without any mutation: run them by pytest first.")
    return time.perf_counter() - began


def survivors(found: list[Mutant], tests: list[str], limit: float, jobs: int) -> list[Mutant]:
    """Run all mutants, `jobs` at a time; a mutant that runs longer than `limit` seconds is killed."""
    waiting, alive, lived = list(found), dict[int, tuple[Mutant, float]](), list[Mutant]()
    while waiting or alive:
        while waiting and len(alive) < jobs:
            mutant = waiting.pop()
            alive[fork(tests, mutant)] = (mutant, time.perf_counter())
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            mutant, _ = alive.pop(pid)
            if status == 0:
                lived.append(mutant)
            elif os.waitstatus_to_exitcode(status) == 99:
                raise SystemExit(
                    f"The mutant could not be put in place: {mutant.path}:{mutant.line} {mutant.change}"
                )
            continue
        for number, (slow, began) in alive.items():
            if time.perf_counter() - began > limit:
                print(f"over {limit:.0f} s: {slow.path.name}:{slow.line}: {slow.change}", flush=True)
                os.killpg(number, signal.SIGKILL)
                os.waitpid(number, 0)
                del alive[number]
                break
        time.sleep(0.02)
    return lived


def main() -> int:
    """Exit 1 under the wanted share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-least", type=float, default=85.0, metavar="PERCENT")
    parser.add_argument("--sample", type=int, default=0, help="only this many mutants, drawn evenly")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("paths", nargs="+", help="files to mutate, then --, then tests")
    own, _, rest = (" ".join(sys.argv[1:])).partition(" -- ")
    options, tests = parser.parse_args(own.split()), rest.split()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    seconds = warm(tests)
    found = [mutant for path in options.paths for mutant in mutants(ROOT / path)]
    if options.sample and options.sample < len(found):
        found = random.Random(1).sample(found, options.sample)  # noqa: S311
    print(f"{len(found)} mutants, tests take {seconds:.0f} s", flush=True)
    lived = survivors(found, tests, seconds * 5 + 20, options.jobs)
    for mutant in sorted(lived, key=lambda m: (m.path, m.line)):
        line = mutant.path.read_text().splitlines()[mutant.line - 1].strip()
        print(f"{mutant.path.relative_to(ROOT)}:{mutant.line}: {mutant.change}: {line}")
    share = 100 * (1 - len(lived) / len(found))
    print(f"{len(found) - len(lived)} of {len(found)} killed: {share:.1f} %, wanted {options.at_least:g} %")
    return 0 if share >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
