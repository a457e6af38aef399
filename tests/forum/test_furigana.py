"""Readings over kanji: above the kanji alone, right for this town, and nothing else of a page is touched."""

import re

import httpx
import pytest

from forum.db import Database
from forum.furigana import over, readings, ruby
from tests.factories import a_post
from tests.moderation.consultations import stories
from tests.pages import parsed, text_of

READING = re.compile("<rp>（</rp><rt>.*?</rt><rp>）</rp>|</?ruby>")


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
        ("木を120本、4月1日に", "木(き)を120本、4月(がつ)1日に"),
        ("ひらがな <b>", "ひらがな <b>"),
    ],
)
def test_places_of_the_town_are_read_as_people_here_do(text: str, shown: str) -> None:
    assert short(ruby(text)) == shown


def test_nothing_but_words_is_touched() -> None:
    left = [
        "<title>計画</title>",
        '<textarea name="木">木</textarea>',
        "<select><option>木</option></select>",
        '<span class="small pen-name">花子</span>',
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
    bare = [text_of(parsed(httpx.Response(200, text=READING.sub("", page)))) for page in read]
    assert bare == [text_of(parsed(httpx.Response(200, text=page))) for page in plain]
    away = await client.post("/furigana", data={"furigana": "off", "next": "https://example.com/"})
    assert away.headers["location"] == "/"
    assert "<ruby>" not in (await client.get("/guide")).text
