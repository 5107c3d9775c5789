"""The whole process at rest: until it is ready, what it holds in memory, and what it computes while nobody asks.

``python -m benchmarks.at_rest DATA_DIR QUERIES``: the folder has its papers and its index (`paperround ingest`).
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from adapters.held_papers import json_lines_of

RUN = "from adapters.cli import main; main(['run'])"
PATIENCE_S = 120.0
LOOKED_S = 0.02
SETTLED_S = 20.0
WATCHED_S = 60.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def measure_at_rest(data_dir: Path, queries: Path) -> dict[str, float]:
    """Start the bot on a data folder; return seconds and megabytes.

    ``private_mb`` is what this process alone needs. ``mapped_mb`` lies in files, mostly the engine's index: processes
    of one machine share it, and the system takes it back where memory is short. ``…_after`` is after all the queries.
    """
    with running(data_dir) as (process, address):
        began = time.perf_counter()
        while not _is_ready(address):
            if time.perf_counter() - began > PATIENCE_S or process.poll() is not None:
                raise TimeoutError("the bot did not become ready")
            time.sleep(LOOKED_S)
        figures = {"ready_s": time.perf_counter() - began, "ready_cpu_s": _cpu_s(process.pid)}
        time.sleep(SETTLED_S)
        figures |= _memory(process.pid, "")
        used = _cpu_s(process.pid)
        time.sleep(WATCHED_S)
        figures["share_of_a_core"] = (_cpu_s(process.pid) - used) / WATCHED_S
        for _, said in json_lines_of(queries):
            with urlopen(f"{address}/search?q={quote(str(said['text']))}", timeout=PATIENCE_S) as page:  # noqa: S310 - our own address
                page.read()
        figures |= _memory(process.pid, "_after")
    return {name: round(value, 4) for name, value in figures.items()}


@contextmanager
def running(data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the bot on a data folder, without any platform; yield the process and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"PAPERROUND_DATA_DIR": str(data_dir), "PAPERROUND_WEB_PORT": str(port)}
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", RUN], env=kept | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=PATIENCE_S) as answer:  # noqa: S310 - our own address
            return bool(json.load(answer)["ready"])
    except (URLError, ConnectionError):
        return False


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def _memory(pid: int, after: str) -> dict[str, float]:
    told = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, kilobytes, _ = line.split()
        told[name.rstrip(":")] = int(kilobytes) * 1024 / 1e6
    return {
        f"rss_mb{after}": told["Rss"],
        f"private_mb{after}": told["Anonymous"],
        f"mapped_mb{after}": told["Rss"] - told["Anonymous"],
    }


if __name__ == "__main__":
    print(json.dumps(measure_at_rest(Path(sys.argv[1]), Path(sys.argv[2]))))
