"""No opinion disappears: what balances, and what stands in the way of publishing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.digests.counting import Copy, Counts, recognised
from moderation.digests.ledger import Disposition, Entry, Figures, balance, can_publish, fate, hindrances
from moderation.digests.queries.spans import Standing
from moderation.digests.splitting import Part

USED, MERGED, ASIDE, UNDECIDED = (
    Disposition.USED,
    Disposition.MERGED,
    Disposition.SET_ASIDE,
    Disposition.UNDECIDED,
)


def entry(
    number: int,
    disposition: Disposition,
    text: str = "post 1",
    person: str = "hana",
    part: Part = Part.OPINION,
) -> Entry:
    group = 1 if disposition in (USED, MERGED) else None
    reason = "計画の対象ではないため" if disposition is ASIDE else None
    return Entry(number, text, person, part, disposition, group, reason)


# A text counts under the best thing that became of any of its opinions.
@pytest.mark.parametrize(
    ("of_its_opinions", "of_the_text"),
    [
        ([USED], USED),
        ([MERGED, USED, ASIDE], USED),
        ([UNDECIDED, USED], USED),
        ([ASIDE, MERGED], MERGED),
        ([UNDECIDED, MERGED], MERGED),
        ([UNDECIDED, ASIDE], UNDECIDED),
        ([ASIDE, ASIDE], ASIDE),
    ],
)
def test_what_becomes_of_a_text(of_its_opinions: list[Disposition], of_the_text: Disposition) -> None:
    assert fate(of_its_opinions) is of_the_text


def test_texts_opinions_people_and_copies_are_counted_apart() -> None:
    ledger = balance(
        [
            entry(1, USED),
            entry(2, ASIDE),
            replace(entry(3, MERGED, text="post 2", person="taro"), copy=Copy.NEAR),
            entry(4, ASIDE, text="submission 1", person="taro"),
            replace(entry(7, MERGED, text="submission 2"), person=None),
            entry(5, ASIDE, part=Part.GREETING),
            entry(6, ASIDE, part=Part.QUOTE),
        ]
    )
    assert ledger.opinions == Figures(received=5, used=1, merged=2, set_aside=2, undecided=0)
    assert ledger.texts == Figures(received=4, used=1, merged=2, set_aside=1, undecided=0)
    assert ledger.counts == Counts(people=2, unnamed=1, texts=4, opinions=5, same=0, near=1)
    assert ledger.in_group[1] == Counts(people=2, unnamed=1, texts=3, opinions=3, same=0, near=1)
    assert (ledger.greetings, ledger.quotes) == (1, 1)
    assert ledger.texts.balances
    assert ledger.opinions.balances
    assert can_publish(hindrances(ledger))


# What stands in the way of publishing, one case a line.
@pytest.mark.parametrize(
    ("entries", "in_scope", "words"),
    [
        ([entry(1, USED), entry(2, UNDECIDED)], [], "まだ整理されていない意見が1件"),
        ([replace(entry(1, USED), stale=True)], [], "もとの発言が変わった意見が1件"),
        ([entry(1, USED)], ["post 1", "post 2"], "取り込まれていない発言が1件"),
        ([replace(entry(1, ASIDE), reason=" ")], [], "理由のないまま対象外になった意見が1件"),
        ([entry(1, MERGED)], [], "代表の意見が選ばれていない論点が1件"),
    ],
)
def test_an_unbalanced_ledger_is_not_published(entries: list[Entry], in_scope: list[str], words: str) -> None:
    ruling = can_publish(hindrances(balance(entries, in_scope)))
    assert not ruling
    assert words in str(ruling.reason)


def test_a_digest_of_nothing_can_be_published() -> None:
    assert can_publish(hindrances(balance([])))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Disposition),
            st.integers(0, 5),
            st.sampled_from(Part),
            st.sampled_from([None, *Copy]),
        ),
        max_size=40,
    ),
    st.sets(st.integers(0, 8)),
)
def test_every_opinion_and_every_text_is_counted_once(
    spans: list[tuple[Disposition, int, Part, Copy | None]], in_scope: set[int]
) -> None:
    """Whoever wrote a text is one of three people, or nobody named."""
    people: list[str | None] = ["hana", "taro", "ken", None]
    entries = [
        replace(entry(at, disposition, text=f"post {text}", part=part), person=people[text % 4], copy=copy)
        for at, (disposition, text, part, copy) in enumerate(spans)
    ]
    ledger = balance(entries, {f"post {text}" for text in in_scope})
    for figures in (ledger.texts, ledger.opinions):
        assert figures.received == figures.used + figures.merged + figures.set_aside + figures.undecided
    said = {span.text for span in entries if span.part is Part.OPINION}
    assert ledger.texts.received == len(said | {f"post {text}" for text in in_scope})
    counts, groups = ledger.counts, ledger.in_group.values()
    assert counts.opinions == ledger.opinions.received
    assert counts.texts == len(said)
    assert counts.people + counts.unnamed <= counts.texts
    assert counts.same + counts.near <= counts.opinions
    in_none = [one for one in entries if one.part is Part.OPINION and one.group is None]
    assert counts.opinions == sum(group.opinions for group in groups) + len(in_none)
    copies = [one.copy for one in in_none if one.copy]
    assert counts.same + counts.near == sum(group.same + group.near for group in groups) + len(copies)
    assert all(group.people <= counts.people and group.texts <= counts.texts for group in groups)
    if can_publish(hindrances(ledger)):
        assert ledger.texts.balances
        assert ledger.opinions.balances


def test_a_group_that_came_after_the_count_holds_nothing() -> None:
    """A page reads the groups after the ledger: a colleague may have split one between the two."""
    ledger = balance([entry(1, USED)])
    assert ledger.in_group[2] == Counts(people=0, unnamed=0, texts=0, opinions=0, same=0, near=0)
    assert ledger.in_group[2].words == "0人、投稿・提出0件、意見0件"


def test_whoever_submitted_under_two_names_is_in_the_room_who_submitted_first() -> None:
    """In whatever order pages and files read them, so that all count the same people in a group."""

    def standing(number: int, post: int | None, submission: int | None, key: bytes | None) -> Standing:
        return Standing(
            number, post, submission, 7, key, "opinion", "merged", 1, None, None, "visible", is_current=True
        )

    rows = [
        standing(1, None, 31, b"second"),
        standing(2, 5, None, None),
        standing(3, None, 30, b"first"),
    ]
    for order in (rows, rows[::-1]):
        assert {row.id: row.person_key for row in recognised(order)} == {
            1: b"second",
            2: b"first",
            3: b"first",
        }
