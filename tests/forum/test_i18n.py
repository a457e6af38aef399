"""The catalogues fit the messages that they translate."""

import re

import pytest
from babel.messages.pofile import read_po

from forum.i18n import CATALOGUES, LOCALES

PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if (CATALOGUES / locale).exists()])
def test_a_translation_has_the_placeholders_of_its_message(locale: str) -> None:
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id and message.string]
    for message in messages:
        assert isinstance(message.id, str)
        assert set(PLACEHOLDER.findall(message.string)) == set(PLACEHOLDER.findall(message.id)), message.id
        # Templates fill every message in, also one without a placeholder: a sign of its own would break the page.
        assert "%" not in PLACEHOLDER.sub("", message.id + message.string), message.id
