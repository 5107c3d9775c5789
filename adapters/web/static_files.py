"""The pages' own files: each address changes with the content, so browsers may keep them for ever."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of the pages."""

    name: str
    content: bytes

    @property
    def address(self) -> str:
        return f"/static/{self.name}?v={hashlib.sha256(self.content).hexdigest()[:12]}"


class StaticFiles:
    """All of them, read once: what is not known by its name is not there, so no path leads elsewhere."""

    def __init__(self) -> None:
        paths = (path for path in sorted(STATIC.rglob("*")) if path.suffix in MEDIA_TYPES)
        files = (StaticFile(path.relative_to(STATIC).as_posix(), path.read_bytes()) for path in paths)
        self._files = {file.name: file for file in files}

    def address(self, name: str) -> str:
        return self._files[name].address

    async def serve(self, request: web.Request) -> web.StreamResponse:
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        kept = "public, max-age=31536000, immutable" if "v" in request.query else "no-cache"
        response = web.Response(
            body=file.content,
            content_type=MEDIA_TYPES[Path(file.name).suffix],
            charset="utf-8",
            headers={"Cache-Control": kept},
        )
        # The renderers' bundle is long: it is packed on a thread, and a browser keeps it.
        response.enable_compression()
        return response
