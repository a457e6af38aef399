"""What the tests of maps begin with."""

import pytest

from forum.access import Actor
from forum.db import Database
from moderation.digests.rules import Digest
from moderation.maps.rules import Map
from tests.moderation.maps.residents import asked


@pytest.fixture(scope="module")
async def question(ground: Database) -> tuple[Actor, Digest, Map]:
    return await asked(ground)
