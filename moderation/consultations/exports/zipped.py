"""ZIP files whose bytes depend on nothing but what is in them."""

import io
from collections.abc import Mapping
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The oldest day that a ZIP can name, for files that have no day of their own.
NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001 - a ZIP knows no zones


def packed(files: Mapping[str, bytes], day: datetime = NO_DAY) -> bytes:
    """The files in their order, all of the same time."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, day.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            # As on Unix: a file that its owner may write and everybody read.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return out.getvalue()


def repacked(content: bytes) -> bytes:
    """The same ZIP without the time at which it happened to be written."""
    with ZipFile(io.BytesIO(content)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()})
