"""The machine's own time zone."""

from pathlib import Path

from adapters.web.zone import machine_zone


def test_the_zone_is_read_from_where_the_machine_keeps_it(tmp_path: Path) -> None:
    zones = tmp_path / "zoneinfo" / "Europe"
    zones.mkdir(parents=True)
    (zones / "Berlin").touch()
    (tmp_path / "localtime").symlink_to(zones / "Berlin")
    assert machine_zone(tmp_path / "localtime", tmp_path / "none").key == "Europe/Berlin"


def test_the_zone_may_be_written_down_instead(tmp_path: Path) -> None:
    (tmp_path / "timezone").write_text("America/New_York\n", encoding="utf-8")
    assert machine_zone(tmp_path / "none", tmp_path / "timezone").key == "America/New_York"
    (tmp_path / "timezone").write_text("Etc/UTC\n", encoding="utf-8")
    assert machine_zone(tmp_path / "none", tmp_path / "timezone").key == "UTC"


def test_a_machine_that_tells_no_zone_keeps_utc(tmp_path: Path) -> None:
    (tmp_path / "timezone").write_text("../../etc/passwd\n", encoding="utf-8")
    assert machine_zone(tmp_path / "none", tmp_path / "timezone").key == "UTC"
    assert machine_zone(tmp_path / "none", tmp_path / "none").key == "UTC"
