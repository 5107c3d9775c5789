"""The dashboard and the alerts name only metrics that there are."""

import json
import re
from pathlib import Path

import yaml

from adapters.clock import RunningClock
from adapters.main import open_paperround
from adapters.settings import Settings
from bot.announcements import SourceState
from tests.builders import MORNING, a_channel, a_member

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bpaperround_\w+")


async def exposed(folder: Path) -> set[str]:
    """Return the names that `/metrics` has once a command was answered and a source was read."""
    with open_paperround(Settings(data_dir=folder), RunningClock(MORNING), {}) as house:
        await house.paperround.answer("help", a_member(), a_channel(), "e1")
        house.stores.source_states.set("arxiv:cs.LG", SourceState(succeeded_at=MORNING))
        return set(re.findall(r"^(paperround_\w+)", house.meters.text().decode(), re.MULTILINE))


async def test_every_alert_is_about_a_metric_that_there_is_and_says_what_to_do(tmp_path: Path) -> None:
    (group,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    names = await exposed(tmp_path)
    for rule in group["rules"]:
        assert set(NAME.findall(rule["expr"])) <= names, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["description"].endswith(".")


async def test_every_panel_is_about_a_metric_that_there_is(tmp_path: Path) -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    names = await exposed(tmp_path)
    asked = {panel["title"]: " ".join(target["expr"] for target in panel["targets"]) for panel in board["panels"]}
    assert all(NAME.search(expression) for expression in asked.values())
    assert {name for expression in asked.values() for name in NAME.findall(expression)} <= names
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
