"""Password hashes: argon2id with the library's parameters (RFC 9106, low memory)."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

HASHER = PasswordHasher()


async def hashed(password: str) -> str:
    """The hash to store; computed in a thread, since it takes tens of milliseconds on purpose."""
    return await asyncio.to_thread(HASHER.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password. Takes as long for an account that does not exist (hash None), or that has none (empty)."""
    return await asyncio.to_thread(_verify, password, password_hash) and bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        return HASHER.verify(password_hash or _nobody(), password)
    except VerificationError:
        return False


@cache
def _nobody() -> str:
    return HASHER.hash("the password of nobody")
