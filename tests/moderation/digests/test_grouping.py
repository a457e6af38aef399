"""The proposal of groups: deterministic, complete, in the people's own words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.proof import digest
from moderation.digests.grouping import METHOD, Parameters, Passage, cluster, propose

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


def passages(texts: list[str]) -> list[Passage]:
    return [Passage(at + 1, text, digest([at, text])) for at, text in enumerate(texts)]


def test_what_is_alike_is_proposed_as_a_group_named_in_the_people_s_words() -> None:
    proposal = propose(passages(SAID))
    members = {
        group.title: {SAID[at - 1].split("。")[0] for at in group.members} for group in proposal.groups
    }
    assert members["ココバス"] == {
        "ココバスの本数を増やしてください",
        "ココバスの貫井循環を30分に1本にしてほしいです",
        "ココバスの運賃100円を続けてほしい",
    }
    assert {"駐輪場", "学童保育", "図書館の夜間開館"} <= set(members)
    assert members["子ども食堂に補助金を出してください。"] == {"子ども食堂に補助金を出してください"}


def test_copies_join_the_group_of_their_original() -> None:
    proposal = propose(passages(SAID))
    assert proposal.copies == {11: 4}
    assert any({4, 11} <= set(group.members) for group in proposal.groups)


def test_every_opinion_is_in_exactly_one_group() -> None:
    proposal = propose(passages(SAID))
    assert sorted(at for group in proposal.groups for at in group.members) == list(range(1, len(SAID) + 1))


def test_the_same_input_gives_the_same_bytes() -> None:
    assert propose(passages(SAID)) == propose(passages(SAID))


def test_the_manifest_names_the_method_its_parameters_and_every_input() -> None:
    given_passages = passages(SAID)
    manifest = propose(given_passages).manifest
    assert manifest["method"] == METHOD
    assert manifest["parameters"]["largest_group"] == 15
    assert manifest["inputs"] == [passage.sha256 for passage in given_passages]
    assert set(manifest["versions"]) == {"python", "scikit-learn", "scipy", "numpy"}
    assert manifest["output"] != propose(given_passages[:-1]).manifest["output"]


def test_a_group_too_large_to_answer_is_taken_apart() -> None:
    texts = [
        f"駅前の駐輪場をもっと増やしてほしいです。{place}にも必要です。"
        for place in "東西南北上下左右内外前後"
    ]
    assert len(cluster(texts)) == 1
    assert max(map(len, cluster(texts, Parameters(largest_group=5)))) <= 5


def test_nothing_one_thing_and_nothing_alike_can_be_grouped() -> None:
    assert propose([]).groups == ()
    assert [group.members for group in propose(passages(["図書館"])).groups] == [(1,)]
    assert [group.members for group in propose(passages(["あ", "、", "図書館", "公園"])).groups] == [
        (1,),
        (2,),
        (3,),
        (4,),
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(SAID), scraps), max_size=12))
def test_whatever_was_said_lands_in_one_group_and_every_group_has_a_name(texts: list[str]) -> None:
    proposal = propose(passages(texts))
    assert sorted(at for group in proposal.groups for at in group.members) == list(range(1, len(texts) + 1))
    assert all(group.title and "\n" not in group.title for group in proposal.groups)
