"""Every page of a town that has something everywhere, in both languages; and whatever is typed into any form comes back as it was
typed, with a sentence for each field that is wrong.

The pages, and the forms on them, are found by following links.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from forum.access import GUEST
from forum.app import create_app
from forum.db import Database
from forum.text import SECRET, visible
from tests.asking import Answer, Asker
from tests.conftest import Login, log_in, settings_of, undone
from tests.pages import crawl, links, parsed, problems, values
from tests.test_pages import check_every_page
from tests.town import Town, a_town

pytestmark = pytest.mark.slow

# What a person does not type letters into.
OTHER_INPUTS = {"hidden", "password", "checkbox", "radio", "range", "file"}
# Refused in every field, and shown as something that can be seen and deleted.
OVERRIDE = "\u202e"
WORDS, HIDDEN = "野川の緑", "合い言葉は、ひみつです。"
# At the edges of what dates, times and columns hold.
EXTREMES = ["0001-01-01", "9999-12-31", "0001-01-01T00:00", "9999-12-31T23:59", "0", "9" * 18, "9" * 30]
PLACES = {
    "/register", "/login", "/search", "/boards/board-N/topics", "/topics/N/replies", "/posts/N/edit",
    "/posts/N/report", "/queue/N", "/digests/new", "/digests/N/heading", "/digests/N/edit", "/digests/N/map/open", "/verify",
    "/consultations/new/files", "/consultations/N/edit/files", "/consultations/N/desk", "/consultations/N/papers",
    "/consultations/N/submissions", "/consultations/N/answers/N",
}  # fmt: skip
# What a person types, by the type of the field; anything else is words.
TYPED = {
    "date": "2026-05-01",
    "datetime-local": "2026-05-01T10:00",
    "number": "1",
    "email": "a@example.org",
}
HOSTILE = [
    "\"><x-y a='",
    "</textarea><x-y>",
    "&lt;x-y&gt;&amp;",
    "{{ 7*7 }}",
    "%(n)s",
    "\n\n空行",
    "\0",
    "\\",
]
# By their addresses.
Pages = list[tuple[str, Answer]]
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands on a page, and the fields that a person types into, with what a person might."""

    method: str
    action: str
    values: dict[str, str]
    typed: dict[str, str]


@pytest.fixture(scope="module")
async def town(ground: Database) -> Town:
    """One for all tests here, which undo what they do: the way through it is long."""
    return await a_town(ground)


@pytest.fixture(scope="module")
async def everywhere(
    ground: Database, town: Town, migrated_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Asker:
    """Somebody for whom every door of the town is open."""
    app = create_app(settings_of(tmp_path_factory.mktemp("var")), ground, migrated_url)
    asker = Asker(app, raises=False)
    await log_in(ground, asker, town.administrator.id or 0)
    return asker


@pytest.fixture(scope="module")
async def pages(everywhere: Asker, town: Town) -> Pages:
    """As they are shown there in Japanese, with readings over kanji."""
    everywhere.cookies["furigana"] = "on"
    found = [met async for met in crawl(everywhere, town.entrances)]
    del everywhere.cookies["furigana"]
    return found


@pytest.fixture(scope="module")
def forms(pages: Pages) -> list[Filled]:
    """One of each kind, from wherever in the town it was first met."""
    found: dict[tuple[str, ...], Filled] = {}
    for url, page in pages:
        if page.headers["content-type"].startswith("text/html"):
            for form in _forms(url, parsed(page)):
                found.setdefault((form.method, *form.values), form)
    places = {re.sub(r"\d+", "N", form.action.partition("?")[0].partition("#")[0]) for form in found.values()}
    assert places >= PLACES
    return [form for form in found.values() if form.typed]


async def test_every_page_is_valid_no_link_is_broken_and_no_name_is_read(
    app: Starlette, town: Town, login: Login, pages: Pages
) -> None:
    checked = set[str]()
    check_every_page(pages, "ja", checked)
    for language, actor in (("ja", GUEST), ("en", GUEST), ("en", town.administrator)):
        reader = Asker(app, cookies={"locale": language, "furigana": "on" if language == "ja" else "off"})
        if actor.id:
            await login(reader, actor.id)
        found = [met async for met in crawl(reader, town.entrances)]
        check_every_page(found, language, checked)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_what_is_typed_comes_back_as_typed(
    everywhere: Asker, db: Database, forms: list[Filled], data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(forms))
    wrong = data.draw(TEXTS) + OVERRIDE
    filled = form.values | dict.fromkeys(form.typed, wrong)
    page = await _sent(everywhere, db, replace(form, values=filled))
    assert page.status_code == 422
    tree = parsed(page)
    assert next(tree.iter("x-y"), None) is None
    again = [{name: other.values.get(name) for name in form.typed} for other in _forms(form.action, tree)]
    assert dict.fromkeys(form.typed, visible(wrong)) in again
    explained = set(problems(tree)) | {link.removeprefix("#field-") for link in links(tree)}
    assert set(form.typed) <= explained


async def test_a_refused_form_leads_to_what_is_wrong_in_it_and_on_from_where_it_stood(
    everywhere: Asker, db: Database, forms: list[Filled]
) -> None:
    """It is shown at the address that it was sent to, which is not that of its page."""
    astray = []
    for form in forms:
        page = await _sent(
            everywhere, db, replace(form, values=form.values | dict.fromkeys(form.typed, OVERRIDE))
        )
        assert page.status_code == 422
        tree = parsed(page)
        anchors = {f"#{part.get('id')}" for part in tree.iter() if part.get("id")}
        anchors |= {
            f"#field-{button.get('name')}" for button in tree.iter("button")
        }  # of which one is pressed
        astray += [
            f"{form.action} {link}"
            for link in links(tree) - anchors
            if link.startswith("#") or (link.startswith("?") and form.method == "post")
        ]
    assert astray == []


async def test_who_is_no_longer_logged_in_keeps_what_they_wrote(
    app: Starlette, db: Database, forms: list[Filled]
) -> None:
    """Whatever the form was for: only what is secret does not come back."""
    guest, failures = Asker(app, raises=False), []
    for form in (form for form in forms if form.method == "post"):
        filled = form.values | form.typed | dict.fromkeys(form.values.keys() & SECRET, HIDDEN)
        page = await _sent(guest, db, replace(form, values=filled))
        is_kept = page.status_code < 300 or WORDS not in filled.values() or WORDS in page.text
        if page.status_code >= 500 or not is_kept or HIDDEN in page.text:
            failures.append(f"{form.action} {page.status_code} {page.headers.get('location', '')}")
    assert failures == []


async def test_no_extreme_value_breaks_a_form(everywhere: Asker, db: Database, forms: list[Filled]) -> None:
    """One field is odd and all the others are as they should be. Each field meets some of the texts, its neighbours
    the others; with `HOSTILE_EVERYTHING=1` each meets all of them."""
    failures, step = [], 1 if "HOSTILE_EVERYTHING" in os.environ else 3
    for form in forms:
        filled = form.typed | {k: v for k, v in form.values.items() if v}
        for number, name in enumerate(form.values):
            for text in EXTREMES[number % step :: step]:
                page = await _sent(everywhere, db, replace(form, values=filled | {name: text}))
                if page.status_code >= 500:
                    failures.append(f"{form.action} {name}={text:.30}")
    assert failures == []


async def _sent(asker: Asker, db: Database, form: Filled) -> Answer:
    """The answer to the form; nothing that it did stays done."""
    async with undone(db):
        if form.method == "post":
            return await asker.post(form.action, form.values)
        return await asker.get(form.action, form.values)


def _forms(page: str, tree: Element) -> list[Filled]:
    """The forms of a page, as they are sent by their first button."""
    found = []
    for form in tree.iter("form"):
        buttons = [(button.get("name"), button.get("value", "")) for button in form.iter("button")]
        pressed = {name: value for name, value in buttons[:1] if name}
        action = urljoin(page, form.get("action", ""))
        found.append(Filled(form.get("method", "get"), action, values(form) | pressed, dict(_typed(form))))
    return found


def _typed(form: Element) -> Iterator[tuple[str, str]]:
    for element in form.iter():
        kind = element.get("type", "text")
        if element.tag == "textarea" or (element.tag == "input" and kind not in OTHER_INPUTS):
            yield element.get("name", ""), element.get("min") or TYPED.get(kind, WORDS)
