"""What is found, in the database."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from forum import clock
from forum.access import GUEST, Actor
from forum.db import Database
from forum.errors import Invalid
from forum.posts.rules import Draft, Edit, Post
from forum.search import finding
from forum.search.actions import learn_spellings
from forum.search.asking import understood
from forum.search.rules import Order, Place, bigrams, words
from forum.topics.actions import discussing
from tests import judging
from tests.examples import examples
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
)

# What residents type: kana of both widths, kanji, Latin, signs that LIKE knows, marks that melt, Markdown.
LETTERS = "あいがぱアガパｱｶﾞﾊﾟ野川緑公園ABaｂＣß①㍿〜ーé\u3099é \n%_\\'\"*[](){}<>&#-1２"
TOKYO = ZoneInfo("Asia/Tokyo")
T = TypeVar("T")
TYPED = st.text(st.sampled_from(LETTERS), min_size=2, max_size=60)


async def found(db: Database, question: str, actor: Actor = GUEST) -> list[int]:
    hits, _ = await finding.found(db, actor, await finding.wanted(db, actor, understood(question), TOKYO))
    return [hit.post_id for hit in hits]


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ("引っ越しの手続きについて", "手続"),
        ("ＩＴ市民会議室", "it市民"),
        ("ｺｺﾊﾞｽの時刻", "ココバス"),
        ("ココバスの時刻", "ｺｺﾊﾞｽ"),
        ("㍿野川", "株式会社"),
        ("Straße", "STRASSE"),
        ("100%の雨水", "100%"),
        ("snake_case", "ke_c"),
        (r"C:\野川", r"\野"),
        ("**大切な**ところ", "大切なところ"),
        ("一行目\n二行目", "目 二"),
        ("公園と子ども", "子ども 公園"),
        ("a と b", "a と b"),
    ],
)
async def test_a_post_is_found_by_what_readers_see(db: Database, body: str, question: str) -> None:
    post = await a_post(db, body=body)
    assert await found(db, question) == [post.id]


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ("かわがある", "かわか"),
        ("公園と広場", "公園 学校"),
        ("100の雨水", "1%0"),
        ("snakeXcase", "e_c"),
        ("[市](https://example.jp/hidden)", "hidden"),
        ("園公", "公園"),
    ],
)
async def test_a_post_is_not_found_by_what_it_does_not_say(db: Database, body: str, question: str) -> None:
    await a_post(db, body=body)
    assert await found(db, question) == []


async def test_a_title_finds_the_post_that_opened_the_topic(db: Database) -> None:
    opening = await a_topic(db, title="駅前のベンチ", body="増やしてほしい。")
    await a_post(db, topic=opening)
    assert await found(db, "ベンチ") == [opening.id]
    assert await found(db, "ベンチ 増やし") == [opening.id]


async def test_the_newest_come_first_and_pages_follow(db: Database) -> None:
    posts = [await a_post(db, body="野川の水") for _ in range(3)]
    newest_first = [post.id for post in reversed(posts)]
    assert await found(db, "野川の水") == newest_first
    wants = await finding.wanted(db, GUEST, understood("野川の水"), TOKYO)
    rest, _ = await finding.found(db, GUEST, wants, place=Place(newest_first[0]))
    assert [hit.post_id for hit in rest] == newest_first[1:]


async def test_words_that_are_not_public_are_not_found(db: Database) -> None:
    moderator, author = await a_moderator(db), await an_account(db)
    topic = await a_topic(db)
    await a_post(db, await a_newcomer(db), topic=topic, body="秘密の言葉")
    hidden = await a_post(db, author, topic=topic, body="秘密の言葉")
    await judging.hide(db, moderator, hidden.id)
    withdrawn = await a_post(db, author, topic=topic, body="秘密の言葉")
    await discussing.withdraw(db, author, withdrawn.id)
    edited = await a_post(db, author, topic=topic, body="秘密の言葉")
    await discussing.edit(db, author, edited.id, Edit(body="別の言葉", version=edited.version))
    await a_topic(db, await a_newcomer(db), title="秘密の題名", body="秘密の言葉")
    for reader in (GUEST, author, moderator):
        assert await found(db, "秘密", reader) == []
    await judging.restore(db, moderator, hidden.id)
    assert await found(db, "秘密") == [hidden.id]


async def test_the_title_of_a_hidden_opening_finds_nothing(db: Database) -> None:
    opening = await a_topic(db, title="秘密の題名")
    await judging.hide(db, await a_moderator(db), opening.id)
    assert await found(db, "秘密") == []


async def test_the_staff_room_is_searched_by_staff_only(db: Database) -> None:
    staff = await a_staff_member(db)
    opening = await a_topic(db, staff, board=await a_board(db, "staff"), title="窓口", body="窓口の当番")
    assert await found(db, "窓口") == await found(db, "窓口", await a_moderator(db)) == []
    assert await found(db, "窓口", staff) == [opening.id]


async def test_authors_find_their_posts_that_wait(db: Database) -> None:
    newcomer = await a_newcomer(db)
    held = await a_post(db, newcomer, topic=await a_topic(db), body="公開を待つ言葉")
    assert await found(db, "待つ言葉", newcomer) == [held.id]
    assert await found(db, "待つ言葉", await a_moderator(db)) == []


async def test_every_spelling_finds_every_other_unless_it_is_quoted(db: Database) -> None:
    spelt = [await a_post(db, body=f"{word}の手続き") for word in ("引っ越し", "引越し", "引越")]
    server = await a_post(db, body="サーバが遅い")
    while await learn_spellings(db):
        pass
    newest_first = [post.id for post in reversed(spelt)]
    for word in ("引っ越し", "引越し", "引越", "引越しの手続"):
        assert await found(db, word) == newest_first
    assert await found(db, '"引越し"') == [spelt[1].id]
    assert await found(db, "サーバーが遅い") == [server.id]
    assert await found(db, '"サーバーが遅い"') == []


async def test_filters_narrow_the_search(db: Database) -> None:
    author, board = await an_account(db), await a_board(db)
    with clock.at(datetime(2025, 4, 1, 3, tzinfo=UTC)):
        old = await a_topic(db, author, board=board, body="玉川上水")
    new = await a_post(db, topic=await a_topic(db), body="玉川上水")
    assert await found(db, "玉川") == [new.id, old.id]
    for question in (
        f"board:{board.slug}",
        f"会議室：{board.name}",
        f"author:{author.pen_name}",
        f"書いた人:@{author.pen_name}",
        "before:2025-04-01",
        "まで:2025年4月",
        "after:2025-04-01 before:2025-04",
    ):
        assert await found(db, f"玉川 {question}") == await found(db, question) == [old.id], question
    assert await found(db, "玉川 after:2025-04-02") == [new.id]
    for question in ("board:ありません", "author:いません", "before:2025-03-31"):
        assert await found(db, f"玉川 {question}") == [], question


async def test_one_letter_beside_a_filter_is_found_in_words_and_titles(db: Database) -> None:
    author = await an_account(db)
    titled = await a_topic(db, author, title="大木のこと", body="切らないでほしい。")
    said = await a_post(db, author, topic=titled, body="ケヤキの木陰")
    await a_post(db, author, topic=titled, body="日陰")
    await a_post(db, topic=titled, body="木")
    assert await found(db, f"木 author:{author.pen_name}") == [said.id, titled.id]


async def test_one_letter_is_looked_for_among_few_posts_only(db: Database) -> None:
    board = await a_board(db)
    opening = await a_topic(db, board=board, body="ケヤキの木")
    await a_post(db, topic=opening)
    await a_post(db, topic=await a_topic(db))
    for question in (f"木 board:{board.slug}", f"木 会議室:{board.name} から:2020"):
        await finding.wanted(db, GUEST, understood(question), TOKYO, read_through=2)
        with pytest.raises(Invalid) as refused:
            await finding.wanted(db, GUEST, understood(question), TOKYO, read_through=1)
        assert "多すぎます" in refused.value.fields["q"]
    await finding.wanted(db, GUEST, understood(f"ケヤキ board:{board.slug}"), TOKYO, read_through=1)


async def test_the_best_come_first_and_pages_follow(db: Database) -> None:
    opening = await a_topic(db, title="玉川上水", body="玉川上水のこと")
    much = await a_post(db, topic=opening, body="玉川、玉川、玉川")
    some = [await a_post(db, topic=opening, body="玉川へ行く") for _ in range(20)]
    wants = await finding.wanted(db, GUEST, understood("玉川"), TOKYO)
    best, following = await finding.found(db, GUEST, wants, Order.RELEVANCE)
    assert [hit.post_id for hit in best[:3]] == [opening.id, much.id, some[-1].id]
    assert following is not None
    rest, end = await finding.found(db, GUEST, wants, Order.RELEVANCE, following)
    assert [hit.post_id for hit in rest] == [some[1].id, some[0].id]
    assert end is None


@pytest.fixture
async def thread(db: Database) -> tuple[Actor, Post]:
    return await an_account(db), await a_topic(db)


@given(body=TYPED, data=st.data())
@settings(
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_piece_of_a_post_finds_it(
    db: Database, thread: tuple[Actor, Post], body: str, data: st.DataObject
) -> None:
    """A piece begins and ends between letters: half of ﾊﾟ is another letter."""
    try:
        draft = Draft(body=body)
    except ValidationError:
        assume(False)
    async with db.transaction():
        post_id = await discussing.reply(db, thread[0], thread[1].topic_id, draft)
        words = str(await db.value("select words from posts where id = :id", id=post_id))
        assume(len(words) >= 2)
        start = data.draw(st.integers(0, len(words) - 2))
        piece = words[start : data.draw(st.integers(start + 2, len(words)))].strip()
        # Quotation marks are how one asks, and no letters.
        assume(sum(len(word.text) for word in understood(piece).words) >= 2)
        assert post_id in await found(db, piece)


def sought(question: str) -> list[str]:
    asked = understood(question)
    return [word.text for word in words(asked, [word.text for word in asked.words])]


class Planning(Database):
    """Asks first how the database would go about it."""

    plan: dict[str, Any]

    async def records(self, cls: type[T], sql: str, **values: object) -> list[T]:
        [found] = json.loads(await self.value(f"explain (format json) {sql}", **values))
        self.plan = found["Plan"]
        return await super().records(cls, sql, **values)


def parts_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts_of(part)


@pytest.mark.parametrize("question", ["駐輪場", "駐輪場 図書館 あり:市の回答"])
async def test_what_has_the_words_is_found_before_it_is_narrowed(db: Database, question: str) -> None:
    """In one step it was once looked for among the topics of all boards, a hundred times as long."""
    planning = Planning(db._source)
    await finding.found(planning, GUEST, await finding.wanted(db, GUEST, understood(question), TOKYO))
    [indexed] = [part for part in parts_of(planning.plan) if part.get("Subplan Name") == "CTE indexed"]
    assert {part["Relation Name"] for part in parts_of(indexed) if "Relation Name" in part} == {"posts"}


def test_a_question_is_split_at_its_spaces() -> None:
    assert sought("公園 子ども 公園") == ["公園", "子ども"]


def test_single_letters_are_looked_for_as_they_stand() -> None:
    assert sought("a b") == ["a b"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "入力"),
        ("あ", "入力"),
        ('"あ"', "入力"),
        ("あ before:いつか", "入力"),
    ],
)
def test_less_than_two_letters_are_refused(question: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        sought(question)
    assert says in refused.value.fields["q"]


def test_one_letter_is_looked_for_beside_a_filter() -> None:
    assert sought("木 board:防災") == ["木"]


def test_filters_alone_are_enough() -> None:
    assert sought("board:防災") == []


def test_the_index_is_asked_for_all_pairs_of_letters() -> None:
    assert bigrams("公園で") == ["公園", "園で"]
    assert bigrams("a") == []
