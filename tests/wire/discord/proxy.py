"""An HTTP proxy on the loopback: the only way to a host whose name nobody else resolves."""

import asyncio
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Passes requests for ``host`` on to a port of this machine, whatever else asks is refused."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []  # the first line of each connection's first request
        self.credentials: list[bool] = []

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://ana:open-sesame@127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.split(b"\r\n", 1)[0].decode()
        self.asked.append(line)
        self.credentials.append(b"proxy-authorization: basic" in head.lower())
        if urlsplit(line.split()[1]).hostname != self._host:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._port)
        ours.write(head)
        for source, sink in ((reader, ours), (theirs, writer)):
            task = asyncio.create_task(_pass_on(source, sink))
            self._open.add(task)
            task.add_done_callback(self._open.discard)


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(65536):
        sink.write(piece)
        await sink.drain()
    sink.close()
