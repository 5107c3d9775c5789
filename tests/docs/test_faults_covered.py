"""The table of what can go wrong in `docs/guarantees.md`, compared with the tests there are."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([DSC]\d+) \|", re.MULTILINE)
NAMED = re.compile(r"def test_((?:[dsc]\d+_)+)")


def rows_told() -> set[str]:
    return {row.lower() for row in ROW.findall((ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8"))}


def rows_tested() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {row for text in texts for names in NAMED.findall(text) for row in names.strip("_").split("_")}


def test_each_fault_of_delivery_storage_and_clock_is_told_and_has_a_test_named_after_it() -> None:
    wanted = (
        {f"d{row}" for row in range(1, 15)} | {f"s{row}" for row in range(1, 12)} | {f"c{row}" for row in range(1, 6)}
    )
    assert rows_told() == wanted
    assert wanted - rows_tested() == set()
