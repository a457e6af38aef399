"""Pages as a browser reads them."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from urllib.parse import urldefrag
from xml.etree.ElementTree import Element

import html5lib
import httpx

# Pages of one kind that a crawl looks at: /topics/1?page=2 and /topics/7?page=1 are of one kind.
OF_A_KIND = 2


def parsed(response: httpx.Response) -> Element:
    """The tree of a page. Raises ParseError for anything that the HTML standard calls an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(response.text)
    return tree


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def values(page: Element) -> dict[str, str]:
    """What stands in the fields of a page's forms, by name."""
    return {name: value for element in page.iter() for name, value in _value(element)}


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


async def crawl(client: httpx.AsyncClient, entrances: list[str]) -> AsyncIterator[tuple[str, httpx.Response]]:
    """Follows links to a few pages of every kind; to more of consultations, each being at another stage."""
    waiting, met, kinds = list(entrances), set(entrances), dict[str, int]()
    while waiting:
        url = waiting.pop(0)
        page = await client.get(url, follow_redirects=True)
        yield url, page
        for link in re.findall(r'href="(/[^"]*)"', page.text):
            found = urldefrag(unescape(link)).url
            kind = re.sub(r"[0-9a-f]{64}|\d+", "N", found)
            enough = 3 * OF_A_KIND if "/consultations/" in kind else OF_A_KIND
            if found not in met and kinds.get(kind, 0) < enough:
                met.add(found)
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(found)


def _value(element: Element) -> Iterator[tuple[str, str]]:
    name = element.get("name")
    if name and element.tag == "textarea":
        yield name, element.text or ""
    elif name and element.tag == "input" and element.get("type") != "radio":
        yield name, element.get("value", "")
