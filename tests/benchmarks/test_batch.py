import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.batch import measure_batch
from benchmarks.batch_days import made_day, write_profiles
from benchmarks.corpus import made_papers
from bot.batch.day import Rules
from bot.batch.picking import pick_all
from storage.compiled import machine_code

PAPERS = 120


def test_made_profiles_come_from_their_files_and_find_papers(tmp_path: Path) -> None:
    snapshot, day = made_day(PAPERS)
    assert day.likeness.diagonal() == pytest.approx(1, abs=1e-3)
    made = write_profiles(tmp_path, snapshot, day, 500, 20)
    (block,) = made.blocks()
    assert len(block) == 500
    assert all(len(np.unique(words)) == 20 for words in block.words.reshape(500, 20))
    picked = pick_all(day, block, Rules())
    assert (picked.papers >= 0).sum() > 100


@pytest.mark.skipif(not machine_code.is_there(), reason="the extra fast is not installed")
def test_figures_of_made_profiles_stand_beside_the_bound_and_the_peer() -> None:
    from benchmarks.batch_made import measure_made_batch  # noqa: PLC0415 - it is there only with the compiler

    figures = measure_made_batch(300, 20, PAPERS)
    assert (figures["profiles"], figures["papers"]) == (300, PAPERS)
    for figure in ("postings", "share_of_bound", "times_peer", "times_peer_threads", "profiles_per_s", "peak_rss_mb"):
        value = figures[figure]
        assert isinstance(value, float)
        assert value > 0


def test_real_profiles_are_picked_for_as_a_round_does(tmp_path: Path) -> None:
    papers = list(made_papers(60))
    day, before, profiles = tmp_path / "day.jsonl", tmp_path / "before.jsonl", tmp_path / "profiles.jsonl"
    day.write_text("".join(json.dumps(paper) + "\n" for paper in papers[40:]), "utf-8")
    before.write_text("".join(json.dumps(paper) + "\n" for paper in papers[:40]), "utf-8")
    told = [
        {"id": "typed", "keywords": [str(papers[50]["title"]).split()[0]], "liked": [], "disliked": []},
        {"id": "taught", "keywords": [], "liked": ["made:3"], "disliked": ["made:4"]},
    ]
    profiles.write_text("".join(json.dumps(profile) + "\n" for profile in told), "utf-8")
    figures = measure_batch(day, profiles, before)
    assert (figures["profiles"], figures["papers"], figures["background"]) == (2, 20, 40)
    assert figures["picks"]
