"""Every fault and warning of `doctor` is named, in its own words, by a test that produces it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = (*ROOT.glob("tests/adapters/cli/test_doctor*.py"), *ROOT.glob("tests/adapters/cli/test_init.py"))


def longest_piece(node: ast.expr) -> str:
    """Return the longest piece of a text that stands in the code as it is said."""
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return max((piece.strip(" .:") for piece in found), key=len, default="")


def told() -> Iterator[str]:
    """Yield of each sentence that can stand in a finding which is not ok, its longest piece."""
    for path in sorted(ROOT.glob("adapters/checkup*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("Finding"), args=[_, _, means, _]):
                    yield longest_piece(means)
                case ast.Assign(targets=[ast.Name("means" | "failing")], value=means):
                    yield longest_piece(means)
                case ast.Tuple(elts=[_, ast.Constant() | ast.JoinedStr() as means, _]):
                    yield longest_piece(means)
                case _:
                    pass


def without_blanks(text: str) -> str:
    """Return a text without its blanks, and without the quotes between two pieces of one string."""
    return "".join(text.split()).replace('""', "")


@pytest.mark.parametrize("piece", sorted({piece for piece in told() if len(piece) > 8}))
def test_a_finding_is_named_by_a_test(piece: str) -> None:
    assert any(without_blanks(piece) in without_blanks(path.read_text(encoding="utf-8")) for path in TESTS)


def test_there_are_findings() -> None:
    assert len({piece for piece in told() if len(piece) > 8}) > 25
