"""Who reads and who writes, as tables: what a process knows, what all know together, how often it is told."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import presence as presence_module
from realtime.presence import (
    NAMES_MAX,
    NOBODY,
    PAYLOAD_BYTES_MAX,
    PEOPLE_MAX,
    Share,
    alone,
    pause,
    presence,
    read_shares,
    share_of,
    written,
)
from realtime.protocol import Close, Presence


@dataclass(frozen=True)
class Reader:
    owner: str | None = None
    shown_name: str | None = None
    closing: Close | None = None
    window: int = 0


GUEST, OTHER_GUEST = Reader(window=1), Reader(window=2)
SAKURA, HAKE = Reader("1", "さくら"), Reader("2")


@pytest.mark.parametrize(
    ("readers", "writing", "share"),
    [
        ([], [], NOBODY),
        ([GUEST], [], Share(others=1)),
        ([GUEST, OTHER_GUEST], [], Share(others=2)),
        ([SAKURA], [], Share(people={"1": "さくら"})),
        ([HAKE], [], Share(people={"2": None})),
        ([HAKE, Reader("2", window=2)], [], Share(people={"2": None})),
        ([HAKE, GUEST], [HAKE], Share(people={"2": None}, others=1, writing=frozenset({"2"}))),
        ([HAKE, Reader("2", window=2)], [HAKE], Share(people={"2": None}, writing=frozenset({"2"}))),
        ([SAKURA, Reader("1", window=2)], [], Share(people={"1": None})),  # the choice is being made
        ([HAKE], [SAKURA], Share(people={"2": None})),  # left while writing
        ([Reader("1", "さくら", Close.JUDGE_ANEW)], [], NOBODY),
        ([Reader("1", "さくら", Close.JUDGE_ANEW), SAKURA], [], Share(people={"1": "さくら"})),
        (
            [Reader("1", None, Close.JUDGE_ANEW), GUEST],
            [Reader("1", None, Close.JUDGE_ANEW)],
            Share(others=1),
        ),
    ],
)
def test_connections_amount_to_people_and_guests(
    readers: list[Reader], writing: list[Reader], share: Share
) -> None:
    assert share_of(readers, writing) == share


def people(**names: str | None) -> dict[str, str | None]:
    return {owner.removeprefix("n"): name for owner, name in names.items()}


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([], (1, (), 0)),
        ([Share(others=1)], (1, (), 0)),
        ([Share(people=people(n1="さくら"), writing=frozenset("1"))], (1, (), 0)),  # alone: nothing is said
        ([Share(others=1), Share(others=2)], (3, (), 0)),
        ([Share(people=people(n1=None)), Share(people=people(n1=None))], (1, (), 0)),
        ([Share(people=people(n1="さくら")), Share(people=people(n2=None), others=1)], (3, ("さくら",), 0)),
        ([Share(people=people(n1="b", n2="a")), Share(people=people(n3="c"))], (3, ("a", "b", "c"), 0)),
        ([Share(people=people(n1="old")), Share(people=people(n1=None), others=1)], (2, (), 0)),
        (
            [
                Share(people=people(n1=None), writing=frozenset("1")),
                Share(people=people(n1=None), others=1, writing=frozenset("1")),
            ],
            (2, (), 1),
        ),
        (
            [
                Share(people=people(n1=None), writing=frozenset("1")),
                Share(people=people(n2=None), writing=frozenset("2")),
            ],
            (2, (), 2),
        ),
    ],
)
def test_what_all_processes_know_together(
    shares: list[Share], told: tuple[int, tuple[str, ...], int]
) -> None:
    readers, names, writing = told
    assert presence("topic:1", shares) == Presence(
        channel="topic:1", readers=readers, names=names, writing=writing
    )


def test_a_few_names_are_enough() -> None:
    crowd = Share(people={str(n): f"市民{n:02}" for n in range(20)})
    told = presence("topic:1", [crowd])
    assert (told.readers, told.names) == (20, tuple(f"市民{n:02}" for n in range(NAMES_MAX)))


@pytest.mark.parametrize(("audience", "seconds"), [(0, 2), (400, 2), (401, 2.005), (1_200, 6), (10_000, 50)])
def test_larger_audiences_are_told_less_often(audience: int, seconds: float) -> None:
    assert pause(audience) == pytest.approx(seconds)


@pytest.mark.parametrize(("audience", "writing"), [(1_200, 1), (1_201, 0)])
def test_who_is_told_seldom_is_not_told_of_writers(audience: int, writing: int) -> None:
    share = Share(people=people(n1=None), others=audience, writing=frozenset("1"))
    assert presence("topic:1", [share], audience=audience).writing == writing


def test_of_a_crowd_writers_and_names_are_told_first() -> None:
    crowd = [Reader(str(n)) for n in range(200)]
    writer, named = Reader("998"), Reader("999", "さくら")
    share = share_of([*crowd, named, writer, GUEST], [writer])
    assert len(share.people) == PEOPLE_MAX
    assert share.others == 203 - PEOPLE_MAX
    assert {"998", "999"} <= share.people.keys()
    assert share.writing == {"998"}


owners = st.sampled_from(["1", "2", "3", "4", "5"])
shares = st.builds(
    Share,
    people=st.dictionaries(owners, st.sampled_from([None, "さくら", "はけ"])),
    others=st.integers(0, 5),
    writing=st.frozensets(owners),
)


@given(st.lists(shares, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_processes_does_not_matter_nor_does_one_that_says_nothing(
    all_shares: list[Share], random: object
) -> None:
    told = presence("topic:1", all_shares)
    shuffled = [*all_shares, NOBODY]
    random.shuffle(shuffled)
    assert presence("topic:1", shuffled) == told
    assert told.readers >= 1
    chosen = {name for share in all_shares for name in share.people.values()}
    assert set(told.names) <= chosen - {None}


@given(st.dictionaries(st.from_regex(r"topic:[0-9]{1,18}", fullmatch=True), shares, max_size=30))
def test_messages_say_everything_once_and_are_small(channels: dict[str, Share]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence_module, "PAYLOAD_BYTES_MAX", 600)
        messages = list(written("one", 7, channels))
    read = [read_shares(message) for message in messages]
    assert all((message.process, message.number) == ("one", 7) for message in read)
    assert {name: share for message in read for name, share in message.channels.items()} == channels
    assert sum(len(message.channels) for message in read) == len(channels)
    assert all(len(message.encode()) <= 600 for message in messages)


def test_the_largest_share_fits_a_message() -> None:
    crowd = [Reader(str(10**17 + n), "𠮷" * 20) for n in range(60)]
    [message] = written("f" * 16, 2**53, {f"topic:{10**17}": share_of(crowd, crowd)})
    assert len(message.encode()) <= PAYLOAD_BYTES_MAX


def test_whoever_was_told_nothing_is_alone() -> None:
    assert alone("topic:1") == Presence(channel="topic:1", readers=1, names=(), writing=0)
