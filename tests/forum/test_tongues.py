"""What is Japanese on a page in another language is marked, and nothing else of the page changes."""

import pytest
from starlette.applications import Starlette

from forum.furigana import ruby
from forum.live import in_variant
from forum.tongues import marked
from realtime.protocol import Delta

JA = ' lang="ja"'
MARKED = [
    ("<p>Nothing of it</p>", "<p>Nothing of it</p>"),
    ("<h1>野川の緑</h1>", f"<h1><span{JA}>野川の緑</span></h1>"),
    ("<p>２ 件・A案</p>", f"<p><span{JA}>２ 件・A案</span></p>"),
    ("<p>By 市民3, today</p>", f"<p><span>By <span{JA}>市民3,</span> today</span></p>"),
    (f"<p{JA}>緑<b>と</b>水</p><p>川</p>", f"<p{JA}>緑<b>と</b>水</p><p><span{JA}>川</span></p>"),
    (
        f"<div{JA}><div>緑</div>水</div><div>川</div>",
        f"<div{JA}><div>緑</div>水</div><div><span{JA}>川</span></div>",
    ),
    ("<title>緑｜Room</title>", f"<title{JA}>緑｜Room</title>"),
    (
        '<option value="1">緑</option><option>None</option>',
        f'<option value="1"{JA}>緑</option><option>None</option>',
    ),
    ("<textarea>緑</textarea>", f"<textarea{JA}>緑</textarea>"),
    ("<script>'緑'</script><!-- 緑 -->", "<script>'緑'</script><!-- 緑 -->"),
    ('<a title="緑" href="/">Green</a>', '<a title="緑" href="/">Green</a>'),
]


@pytest.mark.parametrize(("html", "expected"), MARKED)
def test_japanese_is_marked_where_it_stands(html: str, expected: str) -> None:
    found = marked(html)
    assert found == expected
    # Once is enough.
    assert marked(found) == found


@pytest.mark.parametrize("name", ["のがわ散歩", "Green緑の会"])
def test_a_name_that_is_called_gets_no_readings_on_an_english_page(name: str) -> None:
    said = marked(f"<p><strong>@{name}</strong> の緑</p>")
    assert "<rt>" in ruby(said)
    assert "<rt>" not in ruby(said.partition("</strong>")[0])


def test_no_reference_is_taken_apart() -> None:
    said = marked("<p>緑&amp;水 and &quot;川&quot;</p>")
    words = f"<span{JA}>緑</span>&amp;<span{JA}>水</span> and &quot;<span{JA}>川</span>&quot;"
    assert said == f"<p><span>{words}</span></p>"


@pytest.mark.parametrize(("locale", "mark"), [("ja", ""), ("ja-easy", ""), ("en", JA)])
async def test_what_comes_to_an_open_page_is_marked_in_english(
    app: Starlette, locale: str, mark: str
) -> None:
    def made() -> Delta:
        return Delta(number=1, kind="put", id="post-1", html="<b>緑</b>", order=1)

    (put,) = await in_variant(app.state.site.renderer, f"{locale} ", [made])
    assert put.html == (f"<b><span{mark}>緑</span></b>" if mark else "<b>緑</b>")
