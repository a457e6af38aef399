"""The proposal of groups: deterministic, complete, in the people's own words."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.proof import digest
from moderation.digests import crowds
from moderation.digests.grouping import LIBRARIES, METHOD, Passage, Proposal, propose
from moderation.digests.naming import central_sentence, phrases_in
from tests.bench import digest_quality, digest_scale
from tests.bench.staff_effort import acts

SAID = """\
武蔵小金井駅の北口に駐輪場が足りません。増やしてほしいです。
図書館を夜9時まで開けてほしい。仕事帰りに寄れません。
駅前の駐輪場はいつも満車です。立体の駐輪場を検討してください。
図書館の夜間開館を増やすことに賛成です。
ココバスの本数を増やしてください。1時間に1本では使えません。
図書館の夜間開館は人件費がかかるので反対です。
ココバスの貫井循環を30分に1本にしてほしいです。
学童保育の待機児童が増えています。空き教室を使えないでしょうか。
子ども食堂に補助金を出してください。
ココバスの運賃100円を続けてほしい。高齢者の足です。
図書館の夜間開館を増やすことに賛成。
夏休みだけでも学童保育に入れるようにしてほしいです。
""".splitlines()


# As an opinion comes: not blank, nothing blank around it.
scraps = st.text(max_size=30).map(str.strip).filter(bool)


def passages(texts: list[str], settled: dict[int, int] | None = None) -> list[Passage]:
    """Their ids count from 1; `settled` are groups of people by id."""
    return [
        Passage(at, text, digest([at, text]), settled=(settled or {}).get(at))
        for at, text in enumerate(texts, 1)
    ]


def together(proposal: Proposal) -> set[frozenset[int]]:
    return {frozenset(group.members) for group in proposal.groups}


def test_what_is_alike_is_proposed_as_a_group_named_in_the_people_s_words() -> None:
    members = {group.title: set(group.members) for group in propose(passages(SAID)).groups}
    assert members["ココバス"] == {5, 7, 10}
    assert members["図書館の夜間開館"] >= {4, 6, 11}
    assert {9} in members.values()


def test_of_a_long_opinion_the_sentence_that_says_most_of_the_name_is_found_word_for_word() -> None:
    said = (
        "夜は閉まっています。図書館の夜間開館を増やすことに賛成です。仕事の帰りに寄りたいのです。"
        + "ほかの町は開いています。" * 8
    )
    assert central_sentence(said, "図書館の夜間開館") == "図書館の夜間開館を増やすことに賛成です。"
    assert central_sentence(said, "駐輪場") == ""
    assert central_sentence(said[:40], "図書館の夜間開館") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2050 年カーボンニュートラルへ", "カーボンニュートラル"),
        ("制度的メカニズム及び", "制度的メカニズム"),
        ("現在スパイクタイヤは", "スパイクタイヤ"),
        ("年金と普及", "年金"),
        ("年金と普及", "普及"),
    ],
)
def test_what_hangs_on_a_phrase_by_chance_is_no_part_of_a_name(text: str, name: str) -> None:
    assert name in set(phrases_in(text))


def test_copies_join_the_group_of_their_original() -> None:
    proposal = propose(passages(SAID))
    assert proposal.copies == {11: 4}
    assert any({4, 11} <= set(group.members) for group in proposal.groups)


def test_every_opinion_is_in_exactly_one_group() -> None:
    proposal = propose(passages(SAID))
    assert sorted(at for group in proposal.groups for at in group.members) == list(range(1, len(SAID) + 1))


def test_the_same_input_gives_the_same_bytes() -> None:
    assert propose(passages(SAID)) == propose(passages(SAID))


def test_another_process_with_other_hashes_and_more_threads_gives_the_same_bytes() -> None:
    code = (
        "import json; from tests.bench.digest_quality import Passage, digest, propose, town_plan;"
        "said = [Passage(at, text, digest([at, text])) for at, text in enumerate(town_plan().texts, 1)];"
        "print(json.dumps(propose(said).manifest))"
    )
    others = {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **others}, capture_output=True, check=True
    )
    here = propose(passages(digest_quality.town_plan().texts)).manifest
    assert done.stdout.decode().strip() == json.dumps(here)


def test_the_manifest_names_the_method_its_parameters_and_every_input() -> None:
    given_passages = passages(SAID)
    manifest = propose(given_passages).manifest
    assert manifest["method"] == METHOD
    assert manifest["parameters"]["neighbours"] == 30
    assert manifest["inputs"] == [passage.sha256 for passage in given_passages]
    assert set(manifest["versions"]) == {"python", *LIBRARIES}
    assert "sudachidict-small" in manifest["versions"]
    assert (manifest["seed"], manifest["constraints"]) == (None, [])
    assert manifest["output"] != propose(given_passages[:-1]).manifest["output"]


def test_a_section_of_the_plan_holds_together_and_names_the_theme() -> None:
    texts = [
        "緑を増やしてほしい。",
        "緑を増やすための予算がほしい。",
        "駅前に緑を増やしてほしい。",
        "駅前に緑がほしい。",
    ]
    sections = [1, 1, 2, 2]
    given_passages = [
        Passage(at, text, str(at), section)
        for at, (text, section) in enumerate(zip(texts, sections, strict=True))
    ]
    proposal = propose(given_passages, {1: "緑の章", 2: "駅の章"})
    assert all(len({sections[at] for at in group.members}) == 1 for group in proposal.groups)
    assert {group.theme for group in proposal.groups} == {"緑の章", "駅の章"}
    assert {group.section for group in proposal.groups} == {1, 2}


def test_what_people_put_together_stays_and_what_they_put_apart_too() -> None:
    settled = {1: 10, 5: 10, 7: 20, 10: 30}
    proposal = propose(passages(SAID, settled))
    groups = {group.settled: set(group.members) for group in proposal.groups}
    assert {1, 5} <= groups[10]
    assert not groups[10] & {7, 10}
    assert 7 in groups[20]
    assert 10 in groups[30]
    assert [len(found) for found in proposal.manifest["constraints"]] == [2, 1, 1]


def test_a_new_opinion_is_proposed_for_the_group_that_people_made() -> None:
    settled = {1: 10, 5: 20, 2: 30, 4: 30}
    groups = {group.settled: set(group.members) for group in propose(passages(SAID, settled)).groups}
    assert groups[20] == {5, 7, 10}
    assert groups[10] == {1, 3}
    assert {2, 4, 11} <= groups[30]


def test_a_copy_that_people_moved_elsewhere_follows_its_original_no_more() -> None:
    proposal = propose(passages(SAID, {4: 10, 11: 20}))
    assert proposal.copies == {}
    assert not any({4, 11} <= set(group.members) for group in proposal.groups)


def test_nothing_one_thing_and_nothing_alike_can_be_grouped() -> None:
    assert propose([]).groups == ()
    assert [group.members for group in propose(passages(["図書館"])).groups] == [(1,)]
    assert together(propose(passages(["あ", "、", "図書館", "公園"]))) == {
        frozenset([at]) for at in (1, 2, 3, 4)
    }


def test_of_a_crowd_a_share_is_joined_and_the_others_come_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly as well as all at once; what people decided holds as ever, also where the share has little of it."""
    said, made_of = digest_scale.opinions(400)
    whole = digest_quality.score(made_of, digest_quality.proposed(said))
    monkeypatch.setattr(crowds, "SHARE", 200)
    shared = digest_quality.score(made_of, digest_quality.proposed(said))
    assert shared.bcubed > 0.9 * whole.bcubed
    settled = {**dict.fromkeys(range(1, 41), 10), 390: 20, 391: 20, 392: 30}
    groups = propose(passages(said, settled)).groups
    assert sorted(at for group in groups for at in group.members) == list(range(1, len(said) + 1))
    assert Counter(group.settled for group in groups if group.settled) == {10: 1, 20: 1, 30: 1}
    for group in groups:
        assert {settled[at] for at in group.members if at in settled} <= {group.settled}


@given(
    st.lists(st.one_of(st.sampled_from(SAID), scraps), max_size=12),
    st.dictionaries(st.integers(1, 12), st.integers(1, 3)),
)
def test_whatever_was_said_lands_in_one_group_with_a_name_and_decisions_hold(
    texts: list[str], settled: dict[int, int]
) -> None:
    proposal = propose(passages(texts, settled))
    assert sorted(at for group in proposal.groups for at in group.members) == list(range(1, len(texts) + 1))
    assert all(group.title and "\n" not in group.title for group in proposal.groups)
    for group in proposal.groups:
        assert {settled[at] for at in group.members if at in settled} <= {group.settled}


def test_ours_is_better_and_leaves_less_to_do_than_baselines_that_are_told_how_many_there_are() -> None:
    """On a town's plan, and on a ministry's where its public comments are at hand."""
    at_hand = [digest_quality.envplan()] if digest_quality.PUBLIC_COMMENTS.is_dir() else []
    for said, labels in [digest_quality.town_plan(), *at_hand]:
        proposed = digest_quality.proposed(said)
        ours, left = digest_quality.score(labels, proposed), acts(labels, proposed).total
        for found in digest_quality.baselines(said, len(set(labels))).values():
            theirs = digest_quality.score(labels, found)
            assert ours.bcubed > theirs.bcubed
            assert ours.ari > theirs.ari
            assert left <= 0.7 * acts(labels, found).total
        assert left <= 0.7 * acts(labels, [None] * len(said)).total
