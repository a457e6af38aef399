"""Words as they may leave the house: what may be somebody's personal data is covered, letter by letter."""

import re

from forum.screening.hints import disjoint, pieces
from forum.screening.morphemes import morphemes
from forum.screening.names import names
from forum.screening.personal import personal_data

COVER = "■"
# Whoever may be called by these words. Without brackets it may be less, and nobody knows here who there is.
CALLED = re.compile(
    r"(?<=[@＠]「)[^「」\n]{1,20}(?=」)|(?<![!-~][@＠])(?<=[@＠])\w{1,20}?(?=さん|さま|様|くん|ちゃん|氏|\b)"
)


def covered(text: str) -> str:
    """Telephone numbers, addresses, numbers of persons, names of people and pen names that were called."""
    text = CALLED.sub(lambda name: COVER * len(name[0]), text)
    hints = disjoint([*personal_data(text), *names(morphemes(text))])
    return "".join(COVER * len(words) if hint else words for hint, words in pieces(text, hints))
