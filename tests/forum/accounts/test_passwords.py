"""How passwords are kept."""

import importlib.util

from argon2 import Type
from argon2.profiles import RFC_9106_LOW_MEMORY

from forum.accounts import passwords
from tests.factories import CHEAP


async def test_a_password_matches_its_hash_and_no_other() -> None:
    kept = await passwords.hashed("野川の土手を朝に歩く")
    assert await passwords.matches("野川の土手を朝に歩く", kept)
    assert not await passwords.matches("野川の土手を夜に歩く", kept)


async def test_neither_nobody_nor_an_account_without_a_password_has_one() -> None:
    """What is compared in their place stands in the source."""
    for missing in (None, ""):
        assert not await passwords.matches("the password of nobody", missing)


def test_outside_of_tests_hashes_cost_what_the_rfc_recommends() -> None:
    spec = importlib.util.find_spec("forum.accounts.passwords")
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    assert fresh.HASHER.type is Type.ID
    assert fresh.HASHER.memory_cost >= RFC_9106_LOW_MEMORY.memory_cost
    assert fresh.is_outdated(CHEAP.hash("x"))
