"""Bodies of answers, unpacked piece by piece with a cap on what comes out."""

import zlib

GZIP = b"\x1f\x8b"
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15


class Unpacking:
    """Gathers a body. What it holds never grows beyond the cap, however small the bytes are that unpack to more.

    Raises:
        LookupError: A packing that was not asked for.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise LookupError(encoding)
        self._encoding = encoding
        self._cap = cap
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = b""
        self._unpacker: zlib._Decompress | None = None

    def take(self, chunk: bytes) -> bool:
        """Add the next bytes as sent; False when the body is larger than the cap, after which nothing more is taken."""
        if self._unpacker is None and self._size == 0:
            self._begun += chunk
            if len(self._begun) < 2:
                return True
            chunk, self._begun = self._begun, b""
            self._unpacker = self._unpacker_for(chunk)
        if self._unpacker is None:
            return self._keep(chunk)
        return self._unpack(self._unpacker, chunk)

    def whole(self) -> bytes:
        """Return the body.

        Raises:
            EOFError: The packed bytes ended before what they hold did.
        """
        if self._unpacker is not None and not self._unpacker.eof:
            raise EOFError("the packed body is cut off")
        return b"".join((*self._parts, self._begun))

    def _unpack(self, unpacker: "zlib._Decompress", chunk: bytes) -> bool:
        while chunk:
            if unpacker.eof:  # a further member of the same file
                if not chunk.startswith(GZIP):
                    return True
                self._unpacker = unpacker = zlib.decompressobj(_GZIP_BITS)
            if not self._keep(unpacker.decompress(chunk, self._cap - self._size + 1)):
                return False
            chunk = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        return True

    def _keep(self, part: bytes) -> bool:
        self._size += len(part)
        self._parts.append(part)
        return self._size <= self._cap

    def _unpacker_for(self, begins: bytes) -> "zlib._Decompress | None":
        # Some servers pack without a word, some say so and do not; the bytes themselves do not lie.
        if begins.startswith(GZIP):
            return zlib.decompressobj(_GZIP_BITS)
        if self._encoding != "deflate":
            return None
        zlib_wrapped = begins[0] & 0x0F == 8 and int.from_bytes(begins[:2], "big") % 31 == 0
        return zlib.decompressobj(_ZLIB_BITS if zlib_wrapped else _RAW_BITS)
