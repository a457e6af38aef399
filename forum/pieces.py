"""A page with gaps: cut and compressed once, filled in often."""

import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from struct import pack

# Half the time of the highest level, for 3 % more bytes of a page.
GZIP_LEVEL = 4
GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
# A block of deflate's that holds bytes as they are, and an empty one that ends everything.
STORED, STORED_MAX, END = b"\0", 0xFFFF, b"\x03\0"


class Pieces:
    """Every second of the pieces is the name of a gap."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._texts, self._gaps = pieces[::2], pieces[1::2]

    def plain(self, values: Mapping[bytes, bytes]) -> bytes:
        return b"".join(_between(self._texts, [values[gap] for gap in self._gaps]))

    def gzip(self, values: Mapping[bytes, bytes]) -> bytes:
        """The same as one gzip file: what is filled in stands between the compressed pieces as it is."""
        page = self.plain(values)
        check = pack("<II", zlib.crc32(page), len(page) & 0xFFFFFFFF)
        filled = _between(self._packed, [_stored(values[gap]) for gap in self._gaps])
        return b"".join((GZIP_HEAD, *filled, END, check))

    @cached_property
    def _packed(self) -> list[bytes]:
        """Each piece refers to nothing before itself, so that anything may stand between them."""
        packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return [packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH) for text in self._texts]


def _between(pieces: list[bytes], values: list[bytes]) -> list[bytes]:
    whole = [b""] * (len(pieces) + len(values))
    whole[::2], whole[1::2] = pieces, values
    return whole


def _stored(value: bytes) -> bytes:
    return b"".join(STORED + pack("<HH", len(part), len(part) ^ STORED_MAX) + part for part in _parts(value))


def _parts(value: bytes) -> Iterator[bytes]:
    for start in range(0, len(value), STORED_MAX):
        yield value[start : start + STORED_MAX]
