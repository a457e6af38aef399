"""The catalogues fit the messages that they translate."""

import re
from functools import cache

import pytest
from babel.messages.extract import check_and_call_extract_file, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from forum.i18n import CATALOGUES, DEFAULT_LOCALE, EASY, LOCALES, _, _n, in_locale, language
from forum.settings import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)s")
# Up to so many letters it is a heading or a button, which may be easy as it is.
LABEL_MAX = 15


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if (CATALOGUES / locale).exists()])
def test_a_translation_has_the_placeholders_of_its_message(locale: str) -> None:
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [(forms(message.id)[0], forms(message.string)) for message in read_po(file) if message.id]
    for said, translations in messages:
        for translated in filter(None, translations):
            assert set(PLACEHOLDER.findall(translated)) == set(PLACEHOLDER.findall(said)), said
            # Templates fill every message in, also one without a placeholder: a sign of its own would break the page.
            assert "%" not in PLACEHOLDER.sub("", said + translated), said


def test_no_translation_says_a_thing_twice_or_runs_two_sentences_together() -> None:
    """As happens where two versions of a catalogue are put together line by line."""
    with (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        translations = [said for message in read_po(file) for said in forms(message.string) if said]
    sentences = [re.split(r"(?<=[.!?])\s+", said) for said in translations]
    assert [said for said in translations if re.search(r"[a-z)”]\.[A-Z]", said)] == []
    assert [said for said in sentences if len(said) > len({*said})] == []


@pytest.mark.parametrize("locale", sorted({*LOCALES} - {DEFAULT_LOCALE, EASY}))
def test_a_catalogue_translates_every_message_and_nothing_else(locale: str) -> None:
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        translated = {
            forms(message.id)[0] for message in read_po(file) if message.id and all(forms(message.string))
        }
    assert translated == _messages_in_the_sources()


def test_one_thing_is_no_plural() -> None:
    with in_locale("en"):
        assert [_n("意見%(n)s件", n=n) for n in (0, 1, 2)] == ["0 opinions", "1 opinion", "2 opinions"]
    with in_locale(EASY):
        assert _n("意見%(n)s件", n=1) == "意見1件"


def test_easy_japanese_is_japanese_and_says_as_usual_what_has_no_easy_words() -> None:
    with in_locale(EASY):
        assert (language(), _("締め切り"), _("会議室のきまり")) == ("ja", "いつまで", "会議室のきまり")


@cache
def _messages_in_the_sources() -> set[str]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "N_": None, "gettext": None, "_n": (1, 1)}
    # Two of three modules say nothing to anybody, and to take one apart takes long.
    speaks = re.compile(rf"\b(?:{'|'.join(keywords)})\s*\(")
    found = [
        message
        for folder in ("forum", "moderation", "templates")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix != ".py" or speaks.search(path.read_text())
        for _path, _line, message, _notes, _context in check_and_call_extract_file(
            path, methods, options, None, keywords, (), False, ROOT
        )
    ]
    return {forms(message)[0] for message in found if isinstance(message, str | tuple)}


def forms(of: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Of a message that counts, one for each number that a language knows."""
    return (of,) if isinstance(of, str) else tuple(of)


@pytest.mark.parametrize(
    ("said", "in_english"),
    [
        ("期限", "Due"),
        ("投稿", "Posts"),
        ("取り下げ", "Withdrawn"),
        ("読みかけの話題", "Topics you are reading"),
    ],
)
def test_short_words_say_what_they_stand_for(said: str, in_english: str) -> None:
    """Short words serve several places: what fits one of them may be wrong in the others."""
    with in_locale("en"):
        assert _(said) == in_english


# What a guide calls so and no button does; 返信 is a number of replies there.
NO_LABELS = {"異議申立て", "返信"}


@pytest.mark.parametrize("locale", sorted({*LOCALES} - {DEFAULT_LOCALE}))
def test_guides_name_a_button_as_it_is_written_on_it(locale: str) -> None:
    guides = "".join(path.read_text() for path in (ROOT / "templates" / "guide").glob("*.html"))
    with in_locale(locale):
        wrong = [
            (_(label), _(text))
            for text in re.findall(r'_\("([^"]*)"\)', guides)
            for label in {*re.findall("「([^「」]+)」", text)} - NO_LABELS
            if _(label) != label and _(label).casefold() not in _(text).casefold()
        ]
    assert wrong == []


# For the staff: residents need not read them.
WITHOUT_EASY_WORDS = {"reviewing.html", "outcome.html"}


def test_every_guide_for_residents_has_easy_words_for_what_it_says_now() -> None:
    """A sentence that is reworded loses its easy words, and nobody reads easy words that say something else."""
    pages = [*(ROOT / "templates" / "guide").glob("*.html"), ROOT / "templates" / "rules" / "index.html"]
    said = {
        forms(message)[0]
        for page in pages
        if page.name not in WITHOUT_EASY_WORDS
        for _line, message, _notes, _context in extract_from_file("jinja2.ext:babel_extract", page)
    }
    sentences = {message for message in said if len(message) > LABEL_MAX}
    assert len(sentences) > 200
    assert sentences - _easy() == set()


def test_easy_words_are_for_messages_that_there_are() -> None:
    assert _easy() - _messages_in_the_sources() == set()


def _easy() -> set[str]:
    with (CATALOGUES / EASY / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {forms(message.id)[0] for message in read_po(file) if message.id and message.string}
