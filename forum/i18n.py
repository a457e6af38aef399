"""The language of the interface. Messages are written in Japanese; catalogues translate them."""

import gettext
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# やさしい日本語: Japanese in short and easy sentences; what has none is said as usual.
EASY = "ja-easy"
LOCALES = ("ja", EASY, "en")
DEFAULT_LOCALE = "ja"
JAPANESE = re.compile("[ぁ-ゖァ-ヶ一-鿿々]")
CATALOGUES = Path(__file__).parent / "locale"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def current_locale() -> str:
    return _locale.get()


def language() -> str:
    """The language alone, for dates and for what machines are told: easy Japanese is Japanese."""
    return DEFAULT_LOCALE if _locale.get() == EASY else _locale.get()


def use_locale(locale: str) -> None:
    """Speak this language for the rest of the current task (one request, one job)."""
    _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)


@contextmanager
def in_locale(locale: str) -> Iterator[None]:
    """Speak this language inside the block: mail and fragments are written in their reader's language."""
    token = _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _locale.reset(token)


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    """The catalogue as gettext reads it, compiled in memory so that no stale binary can exist."""
    source = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if not source.exists():
        return gettext.NullTranslations()
    with source.open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str, **values: object) -> str:
    """The message in the current language, its %(name)s filled in."""
    translated = _catalogue(current_locale()).gettext(message)
    return translated % values if values else translated


def N_(message: str) -> str:  # noqa: N802  (the name that extractors of messages know)
    """Marks a message of a constant for the catalogue; `_` translates it where it is shown."""
    return message


def _n(message: str, n: int, **values: object) -> str:
    """The message for `n` things: Japanese has one form, English two."""
    return _catalogue(current_locale()).ngettext(message, message, n) % {"n": n, **values}


def by_locale(japanese: str, english: str) -> str:
    """Picks the current language of a text that the town wrote in both."""
    return english if current_locale() == "en" and english else japanese
