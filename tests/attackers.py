"""Those who attack a server, in processes of their own: what they do takes no time from its visitors, who are here."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


@contextmanager
def attackers(number: int = 1) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(number, get_context("forkserver"), initializer=give_way) as elsewhere:
        yield elsewhere


def give_way() -> None:
    """The attackers' machine is another: here they take the time that the server and its visitors leave."""
    os.nice(19)
