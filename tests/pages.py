"""Pages as a browser reads them."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import httpx


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


def _value(element: Element) -> Iterator[tuple[str, str]]:
    name = element.get("name")
    if name and element.tag == "textarea":
        yield name, element.text or ""
    elif name and element.tag == "input" and element.get("type") != "radio":
        yield name, element.get("value", "")
