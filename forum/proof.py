"""Hashes that anyone can recompute: SHA-256 over canonical JSON. Documented in docs/provenance.md."""

import hashlib
import json
from datetime import UTC, datetime


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces and no ASCII escapes, in UTF-8: one byte string for one value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in lower-case hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def moment(time: datetime) -> str:
    """A time as hashes write it: UTC, microseconds, `2026-04-01T00:00:00.000000Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def those(name: str, first: int, last: int) -> str:
    """Line 3, or lines 3 to 7: in one sentence, for a single number that is forged may leave out as many as numbers go."""
    return f"{name} {first}" if first == last else f"{name}s {first} to {last}"


def written(*end: object) -> bool:
    """Whether anything of an end was written down, be it only a part of it."""
    return any(said is not None for said in end)
