"""Markdown becomes HTML that does what its writer meant and nothing else."""

import json
import re
import time
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.calls import LOOKED_UP_MAX, REACH, possible_names
from forum.markup import ATTRIBUTES, PROTOCOLS, TAGS, blocks, literal, to_html
from forum.posts.calling import MENTIONS_MAX, called_names
from forum.posts.rules import BODY_MAX
from tests.hostile import LISTS, PAYLOADS, listed

REL = 'rel="nofollow ugc noopener"'


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("一\n二", "<p>一<br>\n二</p>"),
        ("一\n\n二", "<p>一</p>\n<p>二</p>"),
        ("*あ* **い** ~~う~~", "<p><em>あ</em> <strong>い</strong> <s>う</s></p>"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>"),
        ("3. 三\n4. 四", '<ol start="3">\n<li>三</li>\n<li>四</li>\n</ol>'),
        ("> 引用\n\n返事", "<blockquote>\n<p>引用</p>\n</blockquote>\n<p>返事</p>"),
        (
            "> [市民 #2](/posts/7)",
            f'<blockquote>\n<p><a href="/posts/7" {REL}>市民 #2</a></p>\n</blockquote>',
        ),
        ("# 題\n\n### 節", "<h3>題</h3>\n<h5>節</h5>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("```html\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("<b>太字</b>", "<p>&lt;b&gt;太字&lt;/b&gt;</p>"),
        ("&lt; &amp; &copy;", "<p>&lt; &amp; ©</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("\\*星\\*", "<p>*星*</p>"),
        ("---", "<hr>"),
        ("これは**「重要」**です。", "<p>これは<strong>「重要」</strong>です。</p>"),
        ("**注意：**夜は~~（暗い）~~明るい", "<p><strong>注意：</strong>夜は<s>（暗い）</s>明るい</p>"),
        ("*（案）*と**「緑」と「水」**と", "<p><em>（案）</em>と<strong>「緑」と「水」</strong>と</p>"),
        ("5 * 3 * 2、a*「b」* c", "<p>5 * 3 * 2、a*「b」* c</p>"),
        (
            "[市](https://example.jp/a?b=1&c=2)",
            f'<p><a href="https://example.jp/a?b=1&amp;c=2" {REL}>市</a></p>',
        ),
        ("![絵](https://example.jp/x.png)", f'<p>!<a href="https://example.jp/x.png" {REL}>絵</a></p>'),
        ("a@example.jp", f'<p><a href="mailto:a@example.jp" {REL}>a@example.jp</a></p>'),
        ("[電話](tel:0421234567)", "<p>[電話](tel:0421234567)</p>"),
        ("ftp://example.jp/a", "<p>ftp://example.jp/a</p>"),
    ],
)
def test_what_residents_write(typed: str, shown: str) -> None:
    assert to_html(typed).strip() == shown


def test_a_table() -> None:
    assert re.sub(r"\s", "", to_html("|年|人|\n|-|-:|\n|1|2|")) == (
        "<table><thead><tr><th>年</th><th>人</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "詳しくは{}をご覧ください。",
        "（{}）",
        "{}。",
        "「{}」と{}です",
        "- {}\n- 二",
    ],
)
def test_an_address_ends_where_japanese_goes_on(sentence: str) -> None:
    address = "https://example.jp/a(b)?c=d"
    links = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', to_html(sentence.replace("{}", address)))
    assert set(links) == {(address, address)}
    assert len(links) == sentence.count("{}")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20))
def test_literal_text_is_shown_as_it_is(text: str) -> None:
    text = " ".join(text.split())
    [paragraph] = _tree(to_html(f"x [{literal(text)}](/posts/1)")).iter("p")
    assert " ".join("".join(paragraph.itertext()).split()) == f"x {text}".strip()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_dangerous_comes_through(payload: str) -> None:
    assert [*_dangers([payload])] == []


@pytest.mark.skipif(not LISTS.exists(), reason="the lists of others are not here")
def test_nothing_dangerous_comes_through_of_thousands() -> None:
    spec = json.loads((LISTS / "commonmark-spec.json").read_text())
    texts = [*listed(), *(example["markdown"] for example in spec)]
    assert len(texts) > 7000
    for start in range(0, len(texts), 200):
        assert [*_dangers(texts[start : start + 200])] == []


@given(
    st.text(st.sampled_from("<>\"'&;:/\\ =!-[]()#`*_~|\n\tajx") | st.characters(codec="utf-8"), max_size=80)
)
def test_nothing_dangerous_comes_out_of_anything(text: str) -> None:
    assert [*_dangers([text])] == []


@pytest.mark.parametrize(
    "pattern",
    [
        ">", "> ", "- ", "* 1. ", "[", "[a](", "[a](<", "![](", "[a]: b\n", "*", "**a *a ", "*a_ ", "a**bc* ",
        "`a``", "~~a", "http://a.b ", "a@b.", "mailto:a@", "www.", "&#", "<", "<a:", "<http://a>", "\\*", "a\n=\n",
        "```\n", "@「", "@「a」", "|a", "|", "\n", "野",
    ],
)  # fmt: skip
def test_no_post_takes_long_to_read(pattern: str) -> None:
    text = (pattern * BODY_MAX)[:BODY_MAX]
    started = time.process_time()
    html = to_html(text)
    assert time.process_time() - started < 1
    assert len(html) < 10 * BODY_MAX


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        (
            "@「のがわ 散歩」さん、＠「市民1」さん",
            "<p><strong>@のがわ 散歩</strong>さん、<strong>@市民1</strong>さん</p>",
        ),
        ("`@「市民1」` a@「」 @「<b>」", "<p><code>@「市民1」</code> a@「」 <strong>@&lt;b&gt;</strong></p>"),
        (
            "@「二\n行」 a@b.jp",
            '<p>@「二<br>\n行」 <a href="mailto:a@b.jp" rel="nofollow ugc noopener">a@b.jp</a></p>',
        ),
    ],
)
def test_who_is_called_by_name_stands_out(raw: str, html: str) -> None:
    assert to_html(raw).strip() == html


# Who there is, as names are compared.
NAMES = {"のがわ", "のがわ散歩", "さくら", "市民", "市", "taro", "のがわ 花"}


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("@のがわ散歩さん、どうですか", "のがわ散歩"),
        ("私も＠のがわ散歩の意見に賛成", "のがわ散歩"),
        ("@のがわ散歩", "のがわ散歩"),
        ("@のがわ 花さんへ", "のがわ 花"),
        ("@のがわ 散歩さんへ", "のがわ"),
        ("@ＴＡＲＯさん", "taro"),
        ("@Taroありがとう", "taro"),
        ("（@taro）", "taro"),
        ("@市民さん", "市民"),
        ("@市民にききたい", "市民"),
        ("@さくらの意見", "さくら"),
        ("@さくら様", "さくら"),
        ("@市さん", "市"),
        ("**@さくら**さん", "さくら"),
        # Somebody of a longer name is meant, and there is nobody of that name.
        ("@市民1さん", None),
        ("@市民会議の人", None),
        ("@さくらんぼさん", None),
        ("@taro_yamada", None),
        ("@taro2", None),
        # A single letter is a name only where nothing else can be meant.
        ("@市の公園で", None),
        ("@いない人", None),
        # No call at all.
        ("info@taro.example", None),
        ("https://example.jp/@taro", None),
        ("`@taro`", None),
        ("@ taro", None),
    ],
)
def test_a_name_is_called_without_brackets_where_it_ends(typed: str, called: str | None) -> None:
    assert called_names(typed, NAMES) == ([called] if called else [])
    assert ("<strong>" in to_html(typed, NAMES)) == bool(called)
    assert called is None or called in possible_names(typed)
    assert called_names(typed, ()) == []


def test_what_is_called_is_what_stands_out() -> None:
    text = "`@「市民」` [@「市」](/topics/1) *@のがわ*さん\n\n> @「さくら」さん\nと@taroさん\n\n@のがわ散歩"
    assert called_names(text, NAMES) == ["市", "のがわ", "のがわ散歩"]
    assert re.findall("<strong>@(.*?)</strong>", to_html(text, NAMES)) == [
        "市", "のがわ", "さくら", "taro", "のがわ散歩"
    ]  # fmt: skip


def test_a_text_of_many_calls_is_read_at_once_and_calls_few() -> None:
    text = "".join(f"@「{n}」" for n in range(10_000))
    started = time.process_time()
    assert len(called_names(text, ())) == MENTIONS_MAX
    assert to_html(text).count("<strong>") == 10_000
    assert time.process_time() - started < 2


def test_many_calls_without_brackets_look_up_a_bounded_number_of_names() -> None:
    many = 10 * LOOKED_UP_MAX
    plain = "".join(f"、@{'。' * (n % 30)}の{n}" for n in range(many))
    assert len(possible_names(plain)) <= LOOKED_UP_MAX * REACH
    assert to_html("、@さくら" * many, NAMES).count("<strong>") == many


@pytest.mark.parametrize(("columns", "rows"), [(660, 670), (300, 1390), (45, 1800), (1300, 5)])
def test_no_table_is_larger_than_what_was_typed(columns: int, rows: int) -> None:
    text = ("|a" * columns + "|\n" + "|-" * columns + "|\n" + "a\n" * rows)[:BODY_MAX]
    started = time.process_time()
    html = to_html(text)
    assert time.process_time() - started < 1
    assert len(html) < 20 * BODY_MAX


@pytest.mark.parametrize("text", [*PAYLOADS, "一\n\n- 二\n\n  三\n- 四\n\n# 五\n\n***\n\n```\n六\n\n七\n```"])
def test_the_blocks_of_a_text_are_the_text(text: str) -> None:
    assert "".join(html for html, _source in blocks(text)) == to_html(text)


def test_every_block_knows_its_lines() -> None:
    sources = ["一\n二", "- 三\n\n  四\n- 五", "## 六", "> 七"]
    assert [source for _html, source in blocks("\n\n".join(sources))] == sources


def _dangers(texts: Iterable[str]) -> Iterator[str]:
    """Whatever of the HTML of these texts is not on the allow-list, as a browser reads it."""
    for element in _tree("\n".join(map(to_html, texts))).iter():
        if element.tag not in TAGS | {"DOCUMENT_FRAGMENT"}:
            yield f"tag {element.tag}"
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES.get(str(element.tag), []):
                yield f"attribute {name} of {element.tag}"
            scheme = urlsplit("".join(value.split())).scheme if name == "href" else ""
            if scheme and scheme not in PROTOCOLS:
                yield f"address {value}"


def _tree(html: str) -> Element:
    tree: Element = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return tree
