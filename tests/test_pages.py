"""Pages are valid, no link leads nowhere, and of the readings over kanji, which all Japanese pages here have, none says how
somebody is called. tests/test_town.py has pages of all kinds looked at."""

import re

import html5lib
import httpx
import pytest
from html5lib.html5parser import ParseError

from forum.db import Database
from tests.asking import Answer
from tests.factories import a_post
from tests.pages import READING, parsed, text_of, unmarked

# Text and values in which nothing can be wrong for a parser.
REFERENCE = r"&(?:amp|quot|lt|gt|#\d+);"
WORDS = re.compile(
    rf"""(?<=>)\s*(?:[^<>&\s]|{REFERENCE})(?:[^<>&]|{REFERENCE})*(?=<)|(?<==")(?:[^<>&"]|{REFERENCE})*(?=")"""
)
# A tag whose attributes are written as they should be, when their values are no more.
TAG = re.compile(r'<([\w-]+)((?: [a-z-]+(?:="x")?)+)(?=/?>)')
# Around the content of a page.
MAIN = re.compile("</?main[^>]*>")
# As all authors are called in tests (市民12), but not what a sentence says of citizens.
NAME_READ = re.compile(r"市民<rp>（</rp><rt>しみん</rt><rp>）</rp></ruby>\d")
# Posts look the same to everyone: their menus link to what only some may do (the links are shown to those alone).
NOT_FOR_ALL = re.compile(r"/posts/\d+/(edit|withdraw|report|correct)|/queue|/wordings/answer/")


def check_every_page(pages: list[tuple[str, Answer]], language: str, checked: set[str]) -> None:
    """Fails for a link that leads nowhere, for markup that is wrong and for words in the wrong language; `checked` grows."""
    for url, page in pages:
        assert page.status_code == 200 or NOT_FOR_ALL.match(url), f"{page.status_code} {url}"
        if page.headers["content-type"].startswith("text/html"):
            assert f'<html lang="{language}"' in page.text
            assert ("<ruby>" in page.text) is (language == "ja"), url
            assert not NAME_READ.search(page.text), url
            assert language == "ja" or unmarked(parsed(page)) == [], url
            # Parsing takes longer than making a page: of those that differ in words alone, one says it for all, and
            # what stands around them is read once.
            before, content, after = MAIN.split(WORDS.sub("x", READING.sub("", page.text)))
            for markup in {before + after, content} - checked:
                bare = TAG.sub(without_attributes, markup)
                if bare not in checked:
                    check(page.url, bare)
                checked |= {markup, bare}
    assert len(pages) > 20


def without_attributes(tag: re.Match[str]) -> str:
    """By attributes differ many pages that are otherwise alike; all that can be wrong with one is that it comes twice."""
    names = re.findall(r" ([a-z-]+)", tag[2])
    return f"<{tag[1]}" if len(names) == len({*names}) else tag[0]


def check(url: str, html: str) -> None:
    """Fails for anything that the HTML standard calls an error, in a page or in the content of one."""
    parser = html5lib.HTMLParser(strict=True)
    try:
        parser.parse(html) if html.startswith("<!doctype") else parser.parseFragment(html, "main")
    except ParseError as error:
        raise AssertionError(f"{url}: {error}") from error


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_refusal_is_a_valid_page_of_ours(
    client: httpx.AsyncClient, db: Database, language: str
) -> None:
    client.cookies.set("locale", language)
    post = await a_post(db)
    no_form, big = {"Content-Type": "multipart/form-data"}, b"x" * 1_000_001
    for status, answer in (
        (400, client.post("/login", content=b"x", headers=no_form)),
        (403, client.get(f"/posts/{post.id}/edit")),
        (403, client.post("/login", headers={"Sec-Fetch-Site": "cross-site"})),
        (404, client.get("/nowhere")),
        (405, client.delete("/login")),
        (413, client.post("/login", content=big)),
        (415, client.post("/login", headers={"Content-Type": "text/plain; charset=punycode"})),
        (422, client.post("/rights-requests/new", data={"post": "x"})),
    ):
        page = await answer
        assert page.status_code == status
        check(str(page.url), page.text)
        assert parsed(page).get("lang") == language
        assert text_of(next(element for element in parsed(page).iter("h1")))
