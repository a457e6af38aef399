"""Words as they may leave the house: what may be somebody's personal data is covered, letter by letter."""

from forum.screening.hints import disjoint, pieces
from forum.screening.morphemes import morphemes
from forum.screening.names import names
from forum.screening.personal import personal_data
from forum.text import MENTION

COVER = "■"


def covered(text: str) -> str:
    """Telephone numbers, addresses, numbers of persons, names of people and pen names that were called."""
    text = MENTION.sub(lambda called: called[0].replace(called[1], COVER * len(called[1])), text)
    hints = disjoint([*personal_data(text), *names(morphemes(text))])
    return "".join(COVER * len(words) if hint else words for hint, words in pieces(text, hints))
