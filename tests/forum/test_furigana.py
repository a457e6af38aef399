"""Readings over kanji: above the kanji alone, right for this town, and nothing else of a page is touched."""

import re
from collections.abc import Awaitable, Callable, Mapping
from itertools import product
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import GUEST, Actor
from forum.db import Database
from forum.events import PostChanged, PostsTransferred
from forum.furigana import _annotated, over, readings, ruby
from forum.i18n import LOCALES, current_locale
from forum.live import Viewer, in_variant
from forum.markup import to_html
from forum.posts.rules import BODY_MAX, Post
from forum.topics.live import HANDLERS, past_of_topic
from forum.zones import current_zone
from realtime.protocol import Delta
from tests.conftest import Login, visitor
from tests.factories import a_post, a_topic, an_account
from tests.moderation.consultations import stories
from tests.pages import READING, parsed, text_of
from tests.realtime.test_hub import Shelf


def short(html: str) -> str:
    """<ruby> written as 漢字(かんじ)."""
    found = re.sub("<ruby>(.*?)<rp>（</rp><rt>(.*?)</rt><rp>）</rp></ruby>", r"\1(\2)", html)
    return found.replace("<span>", "").replace("</span>", "")


@pytest.mark.parametrize(
    ("surface", "reading", "shown"),
    [
        ("計画", "けいかく", "計画(けいかく)"),
        ("取り組み", "とりくみ", "取(と)り組(く)み"),
        ("締め切り", "しめきり", "締(し)め切(き)り"),
        ("カード払い", "かーどばらい", "カード払(ばら)い"),
        ("お茶", "おちゃ", "お茶(ちゃ)"),
        ("今日", "ちがうよ", "今日(ちがうよ)"),
        ("食べ物", "しょくもつ", "食べ物(しょくもつ)"),
    ],
)
def test_a_reading_stands_above_the_kanji_alone(surface: str, reading: str, shown: str) -> None:
    assert short(over(surface, reading)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("東町の本町", "東町(ひがしちょう)の本町(ほんちょう)"),
        ("貫井北町一丁目", "貫井北町(ぬくいきたまち)一丁目(いっちょうめ)"),
        ("前原町と貫井南町", "前原町(まえはらちょう)と貫井南町(ぬくいみなみちょう)"),
        ("田中町長", "田中(たなか)町長(ちょうちょう)"),
        ("前原小学校", "前原(まえはら)小(しょう)学校(がっこう)"),
        ("国分寺崖線の滄浪泉園", "国分寺(こくぶんじ)崖線(がいせん)の滄浪泉園(そうろうせんえん)"),
        ("農工大通りから二枚橋", "農工大通(のうこうだいどお)りから二枚橋(にまいばし)"),
        ("名勝小金井（サクラ）", "名勝(めいしょう)小金井(こがねい)（サクラ）"),
        ("ひらがな <b>", "ひらがな <b>"),
    ],
)
def test_places_of_the_town_are_read_as_people_here_do(text: str, shown: str) -> None:
    assert short(ruby(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("期日前投票、生年月日", "期日前(きじつぜん)投票(とうひょう)、生(せい)年月日(ねんがっぴ)"),
        ("やさしい日本語", "やさしい日本語(にほんご)"),
        ("もう一度送る", "もう一度(いちど)送(おく)る"),
        ("既読の小文字", "既読(きどく)の小文字(こもじ)"),
        ("高架下", "高架下(こうかした)"),
        ("何人いますか", "何人(なんにん)いますか"),
        ("野川沿いの桜通り", "野川(のがわ)沿(ぞ)いの桜(さくら)通(どお)り"),
        ("期限切れの注意書き", "期限(きげん)切(ぎ)れの注意(ちゅうい)書(が)き"),
        ("毎日通ります。毎日書きます", "毎日(まいにち)通(とお)ります。毎日(まいにち)書(か)きます"),
        (
            "受付日、最終日、平日、その日",
            "受付(うけつけ)日(び)、最終(さいしゅう)日(び)、平日(へいじつ)、その日(ひ)",
        ),
    ],
)
def test_words_are_read_as_people_mostly_do(text: str, shown: str) -> None:
    assert short(ruby(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("木を120本、4月1日に", "木(き)を120本、4月(がつ)1日に"),
        ("木を三本、四月二十日に", "木(き)を三本、四月(がつ)二十日に"),
        ("九時から十分", "九時(じ)から十分"),
        ("一つと二人", "一(ひと)つと二人(ふたり)"),
        ("十分な三丁目", "十分(じゅうぶん)な三丁目(ちょうめ)"),
    ],
)
def test_a_number_and_what_may_be_read_otherwise_after_it_have_no_readings(text: str, shown: str) -> None:
    assert short(ruby(text)) == shown


def test_nothing_but_words_is_touched() -> None:
    left = [
        "<title>計画</title>",
        '<textarea name="木">木</textarea>',
        "<select><option>木</option></select>",
        '<span class="small pen-name">花子</span>',
        to_html("@「花子」").strip(),
        "<div data-verbatim><div>木</div>木</div>",
        '<p title="木">Tree &amp; wood</p>',
        "<!-- 木 -->",
        "<pre><code>木</code></pre>",
    ]
    assert ruby("".join(left)) == "".join(left)
    html = "<ul><li>緑地を<strong>守る</strong>。</li></ul>" * 2
    assert READING.sub("", ruby(html)).replace("<span>", "").replace("</span>", "") == html
    assert ruby(html).count("<ruby>") == 4


def test_long_texts_lose_nothing() -> None:
    text = "小金井市の緑を守る。" * 3000
    assert "".join(surface for surface, _reading in readings(text)) == text


def bare(html: str) -> str:
    """What it says without readings."""
    return text_of(parsed(httpx.Response(200, text=READING.sub("", html))))


async def test_a_reader_asks_for_readings_and_takes_that_back(
    client: httpx.AsyncClient, db: Database
) -> None:
    post, procedure = await a_post(db, body="緑地を守る。"), await stories.announced(db)
    there = (await client.get(f"/posts/{post.id}")).headers["location"]
    with stories.on_day(5):
        plain = [
            (await client.get(path)).text for path in (there, f"/consultations/{procedure.id}", "/guide")
        ]
        assert "<ruby>" not in "".join(plain)
        done = await client.post("/furigana", data={"furigana": "on", "next": "/guide?x=1"})
        assert done.headers["location"] == "/guide?x=1"
        read = [(await client.get(path)).text for path in (there, f"/consultations/{procedure.id}", "/guide")]
    assert "<rt>りょくち</rt>" in read[0]
    assert "<rt>がいろ</rt>" in read[1]
    assert 'id="section-1-1"' in read[1]
    assert all("<ruby>" in page and 'aria-pressed="true"' in page for page in read)
    assert [bare(page) for page in read] == [bare(page) for page in plain]
    away = await client.post("/furigana", data={"furigana": "off", "next": "https://example.com/"})
    assert away.headers["location"] == "/"
    assert "<ruby>" not in (await client.get("/guide")).text


Ask = Callable[[httpx.AsyncClient, Post], Awaitable[httpx.Response]]
FETCH = {"X-Requested-With": "fetch"}
WORDS = "緑地を守る。"


async def _get(client: httpx.AsyncClient, address: str) -> httpx.Response:
    return await client.get(address, headers=FETCH)


async def _send(client: httpx.AsyncClient, address: str, **fields: str) -> httpx.Response:
    return await client.post(address, data=fields, headers=FETCH)


PIECES: Mapping[str, Ask] = {
    "a post": lambda who, post: _get(who, f"/posts/{post.id}"),
    "its answers": lambda who, post: _get(who, f"/posts/{post.reply_to_id}/replies"),
    "the topic at a glance": lambda who, post: _get(who, f"/topics/{post.topic_id}/summary"),
    "suggestions": lambda who, post: _get(who, "/search/suggestions?q=緑地"),
    "a preview": lambda who, post: _send(who, f"/topics/{post.topic_id}/replies/preview", body=WORDS),
    "what was sent": lambda who, post: _send(who, f"/topics/{post.topic_id}/replies", body=WORDS),
    "reactions": lambda who, post: _send(who, f"/posts/{post.id}/reactions", kind="agree", on="1"),
}


@pytest.mark.parametrize("piece", PIECES)
async def test_what_a_script_fetches_has_readings_as_the_page_has(
    client: httpx.AsyncClient, db: Database, login: Login, piece: str
) -> None:
    topic = await a_topic(db, title="緑地の話")
    post = await a_post(db, topic=topic, body=WORDS, reply_to_id=topic.id)
    await login(client, (await an_account(db)).id or 0)
    plain = await PIECES[piece](client, post)
    assert plain.is_success
    assert "<html" not in plain.text
    assert "<ruby>" not in plain.text
    client.cookies.set("furigana", "on")
    read = await PIECES[piece](client, post)
    assert "<ruby>" in read.text
    if piece != "what was sent":  # which is another post each time
        assert bare(read.text) == bare(plain.text)


async def test_names_that_are_offered_have_no_readings(client: httpx.AsyncClient, db: Database) -> None:
    author = await an_account(db)
    await a_topic(db, author, title=f"{author.pen_name}の話")
    client.cookies.set("furigana", "on")
    offered = (await client.get("/search/suggestions", params={"q": author.pen_name})).text
    assert f">{author.pen_name}</span>" in offered
    assert "の<ruby>話" in offered


async def test_a_variant_is_one_language_one_zone_and_readings_or_none(app: Starlette) -> None:
    everyone = [
        Viewer(Actor(time_zone=zone), locale, has_furigana)
        for locale, zone, has_furigana in product(LOCALES, (None, "Europe/London"), (False, True))
    ]
    assert len({one.variant for one in everyone}) == len(everyone)
    for one in everyone:

        def made() -> Delta:
            html = f'<p lang="ja">{current_locale()} {current_zone()} 計画</p>'
            return Delta(number=1, kind="put", id="post-1", html=html, order=1)

        put, skip = await in_variant(
            app.state.site.renderer, one.variant, [made, lambda: Delta(number=2, kind="skip")]
        )
        assert put.html is not None
        assert short(put.html) == (
            f'<p lang="ja">{one.locale} {one.actor.time_zone} 計画{"(けいかく)" if one.has_furigana else ""}</p>'
        )
        assert skip == Delta(number=2, kind="skip")


async def test_a_socket_tells_each_reader_in_their_own_way(app: Starlette, db: Database) -> None:
    topic = await a_topic(db)
    [plain] = await _told(app, await a_post(db, topic=topic, body="街路の緑地"), [False])
    assert "街路の緑地" in plain
    assert _annotated.cache_info().misses == 0, "nobody reads what nobody wants read"
    post = await a_post(db, topic=topic, body=WORDS)
    plain, read = await _told(app, post, [False, True])
    assert "<ruby>" not in plain
    assert "<rt>りょくち</rt>" in read
    assert bare(read) == bare(plain)


async def _told(
    app: Starlette, post: Post, readers: list[bool], event: PostChanged | PostsTransferred | None = None
) -> list[str]:
    """What readers, with readings or without, are told of a new post, or by an event."""
    event = event or PostChanged(post.topic_id, post.id, post.change)
    _annotated.cache_clear()
    live, shelves = app.state.live, [Shelf() for _ in readers]
    listeners = [
        live.hub.join(None, Viewer(GUEST, "ja", has_furigana).variant, shelf)
        for has_furigana, shelf in zip(readers, shelves, strict=True)
    ]
    for listener in listeners:
        live.hub.subscribe(listener, f"topic:{post.topic_id}")
    for handler in HANDLERS[type(event)]:
        await handler(live, event)
    for listener in listeners:
        live.hub.leave(listener)
    return ["".join(message.text for message in shelf.messages) for shelf in shelves]


async def test_whoever_catches_up_is_told_the_same(app: Starlette, db: Database) -> None:
    post = await a_post(db, body=WORDS)
    question = urlencode({"channel": f"topic:{post.topic_id}", "after": 0})
    async with visitor(app) as client:
        plain = (await client.get(f"/live?{question}")).text
        client.cookies.set("furigana", "on")
        read = (await client.get(f"/live?{question}")).text
    assert "<ruby>" not in plain
    assert "<rt>りょくち</rt>" in read
    assert '"caught_up"' in read


async def test_whoever_would_be_told_too_much_at_once_fetches_the_page(app: Starlette, db: Database) -> None:
    topic = await a_topic(db)
    for _ in range(25):
        await a_post(db, topic=topic, body=(WORDS * BODY_MAX)[:BODY_MAX])
    answers = [
        await past_of_topic(app.state.live, Viewer(GUEST, "ja", has_furigana), str(topic.topic_id), 0)
        for has_furigana in (False, True)
    ]
    assert [answer.type for answer in answers] == ["caught_up", "resync"]
    come = PostsTransferred(topic.topic_id, 0)
    for readers, frame in (([False], "deltas"), ([False, True], "resync")):
        assert all(f'"type":"{frame}"' in told for told in await _told(app, topic, readers, come))
