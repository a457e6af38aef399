"""What an author is asked before words that may be personal data are read by everybody."""

import unicodedata
from dataclasses import dataclass

from forum import proof
from forum.i18n import _
from forum.screening.hints import KIND_NAMES, Kind
from forum.screening.personal import personal_data


@dataclass(frozen=True, slots=True)
class Question:
    """The passages, each with what it may be, and the answer that says yes to exactly these."""

    passages: tuple[tuple[str, str], ...]
    answer: str

    @property
    def sentence(self) -> str:
        kinds = dict.fromkeys(kind for kind, _words in self.passages)
        return _("%(kinds)sのようです。公開してよいですか。", kinds=_("・").join(kinds))


def question(*texts: str, known: str = "") -> Question | None:
    """About everything personal in the texts that is not in the `known` one, which everybody reads already."""
    asked = dict.fromkeys(passage for text in texts for passage in _passages(text))
    for passage in _passages(known):
        asked.pop(passage, None)
    if not asked:
        return None
    return Question(tuple((_(KIND_NAMES[kind]), words) for kind, words in asked), proof.digest([*asked]))


def _passages(text: str) -> list[tuple[Kind, str]]:
    text = unicodedata.normalize("NFC", text)
    return [(hint.kind, text[hint.start : hint.end]) for hint in personal_data(text)]
