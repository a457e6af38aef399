"""Pages as a browser reads them."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import urldefrag
from xml.etree.ElementTree import Element

import httpx
import lxml.html

from forum.i18n import JAPANESE
from tests.asking import Answer, Asker

HTML = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)
# What is added to a page for readers who want to know how kanji are read.
READING = re.compile("<rp>（</rp><rt>.*?</rt><rp>）</rp>|</?ruby>")
# Of an address, what does not tell which kind of page is there: hashes, numbers, and where its form goes on to. /topics/1?page=2
# and /topics/7?page=1 are of one kind, /queue?kind=held and /queue?kind=reported are not.
OF_A_KIND = 2
WHICHEVER = re.compile(r"[0-9a-f]{64}|\d+|(?<==)/[^&]*")


def parsed(response: httpx.Response | Answer) -> Element:
    """The tree of a page; tests/test_town.py says whether it is one that the HTML standard calls valid."""
    tree: Element = lxml.html.document_fromstring(response.content, HTML)
    return tree


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def values(page: Element) -> dict[str, str]:
    """What the forms of a page would send as they stand, by name; of radio buttons and options the first, if none is chosen."""
    found: dict[str, str] = {}
    for element in page.iter():
        name, kind = element.get("name", ""), element.get("type", "text")
        if element.tag == "textarea":
            # The standard drops the line break that follows the tag; this parser does not.
            found[name] = (element.text or "").removeprefix("\n")
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib] or options
            found[name] = chosen[0].get("value", "") if chosen else ""
        elif element.tag == "input" and (kind not in ("radio", "checkbox") or "checked" in element.attrib):
            found[name] = element.get("value", "")
        elif element.tag == "input" and kind == "radio":
            found.setdefault(name, element.get("value", ""))
    return found


def problems(page: Element) -> dict[str, str]:
    """The sentence at each field that cannot be accepted, by name."""
    return {
        element.get("id", "").removeprefix("error-"): text_of(element)
        for element in page.iter("p")
        if element.get("id", "").startswith("error-")
    }


def links(page: Element) -> set[str]:
    return {element.get("href", "") for element in page.iter("a")}


def actions(page: Element) -> set[str]:
    """Where the forms of a page are sent."""
    return {element.get("action", "") for element in page.iter("form")}


def unmarked(page: Element) -> list[str]:
    """What is written in Japanese on a page of another language, and not marked so."""
    found, waiting = [], [(page, False)]
    while waiting:
        element, marked = waiting.pop()
        inside = marked or element.get("lang") == "ja"
        if element.tag not in ("script", "style"):
            found += [element.text] if element.text and not inside else []
            waiting += [(child, inside) for child in element]
        found += [element.tail] if element.tail and not marked else []
    return [text.strip() for text in found if JAPANESE.search(text)]


async def leaves(client: httpx.AsyncClient, url: str) -> AsyncIterator[Element]:
    """A page and all that it goes on with."""
    waiting = [url]
    while waiting:
        leaf = parsed(await client.get(waiting.pop()))
        yield leaf
        waiting += [link.get("href", "") for link in leaf.iter("a") if link.get("rel") == "next"]


async def crawl(asker: Asker, entrances: list[str]) -> AsyncIterator[tuple[str, Answer]]:
    """Follows links to a few pages of every kind; to more of consultations, each being at another stage."""
    waiting, met, kinds = list(entrances), set(entrances), dict[str, int]()
    while waiting:
        url = waiting.pop(0)
        page = await asker.follow(url)
        yield url, page
        for link in re.findall(r'href="(/[^"]*)"', page.text):
            found = urldefrag(unescape(link)).url
            kind = WHICHEVER.sub("N", found)
            enough = 3 * OF_A_KIND if "/consultations/" in kind else OF_A_KIND
            if found not in met and kinds.get(kind, 0) < enough:
                met.add(found)
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(found)
