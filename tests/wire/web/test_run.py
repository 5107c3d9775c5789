"""The playground as a process: it starts without any setting, stops at once, and loses nothing."""

import http.client
import json
import re
import signal
import socket
import urllib.parse
import urllib.request
from pathlib import Path

from tests.wire.surroundings import PATIENCE_S
from tests.wire.web.running import RunningPlayground

# Half a second on a quiet machine. Whoever waited for the open pages would wait for eight.
LET_GO_S = 6


def page(url: str, path: str = "/playground") -> str:
    with urllib.request.urlopen(f"{url}{path}", timeout=10) as response:  # noqa: S310 - the address is our own process's
        return str(response.read().decode())


def post(url: str, path: str, **fields: str) -> str:
    """Post a form as the page's script does and return the id of the message that it led to."""
    form = urllib.parse.urlencode(fields).encode()
    headers = {"Origin": url, "Accept": "application/json"}
    request = urllib.request.Request(f"{url}{path}", form, headers)  # noqa: S310 - likewise
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - likewise
        return str(json.load(response)["at"])


def titles(html: str) -> list[str]:
    return re.findall(r'<h4><span class="number">\d+</span>(?:<a [^>]*>)?([^<]+)', html)


def open_stream(url: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/news?after=0")
    return connection.getresponse()


def test_ctrl_c_ends_it_at_once_while_pages_are_open_and_keeps_everything(tmp_path: Path) -> None:
    with RunningPlayground(tmp_path) as running:
        streams = [open_stream(running.url) for _ in range(3)]
        post(running.url, "/say", place="direct", text="follow entropy")
        post(running.url, "/say", place="direct", text="digest daily 09:00 count 3")
        post(running.url, "/clock", place="direct", to="tomorrow")
        before = page(running.url)
        assert len(titles(before)) >= 3
        status, seconds = running.interrupted()
        assert status == 0
        assert seconds < LET_GO_S, running.said()
        assert len(streams) == 3
        assert "Traceback" not in running.said()
    with RunningPlayground(tmp_path) as again:
        after = page(again.url)
        assert titles(after) == titles(before)
        clock = re.search(r'<time id="now" datetime="(2026-03-\d\d)', after)
        assert clock
        assert clock[1] == "2026-03-12"  # the clock does not fall back behind what was posted
        post(again.url, "/clock", place="direct", to="tomorrow")
        assert len(set(titles(page(again.url)))) == len(titles(page(again.url)))


def test_killed_right_after_an_answer_it_still_knows_it(tmp_path: Path) -> None:
    with RunningPlayground(tmp_path) as running:
        post(running.url, "/say", place="reading-group", text="follow here entropy")
        running.process.send_signal(signal.SIGKILL)
        assert running.process.wait(PATIENCE_S) == -signal.SIGKILL
    with RunningPlayground(tmp_path) as again:
        assert "Following entropy for #reading-group" in page(again.url, "/in/reading-group")
        post(again.url, "/say", place="reading-group", text="interests here")
        assert "1</span><code>entropy</code>" in page(again.url, "/in/reading-group")


def test_slow_visitors_keep_nobody_else_waiting(tmp_path: Path) -> None:
    with RunningPlayground(tmp_path) as running:
        host, port = running.url.removeprefix("http://").split(":")
        slow = [socket.create_connection((host, int(port)), timeout=10) for _ in range(200)]
        for connection in slow:
            connection.sendall(b"POST /say HTTP/1.1\r\nHost: " + f"{host}:{port}".encode() + b"\r\nContent-Le")
        assert "Tomorrow 09:00" in page(running.url)
        post(running.url, "/say", place="direct", text="help")
        for connection in slow:
            connection.close()
        status, seconds = running.interrupted()
        assert (status, seconds < LET_GO_S) == (0, True)
