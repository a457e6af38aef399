"""What an author is asked before words that may be personal data are read by others."""

import unicodedata
from dataclasses import dataclass

from forum import proof
from forum.i18n import N_, _
from forum.pictures import without_addresses
from forum.screening.hints import KIND_NAMES, Kind
from forum.screening.personal import personal_data


@dataclass(frozen=True, slots=True)
class Readers:
    """Whom the words reach, and how somebody is asked whether they may."""

    ask: str
    why: str
    yes: str


PUBLISH, TELL = N_("%(kinds)sのようです。公開してよいですか。"), N_("%(kinds)sのようです。伝えてよいですか。")
YES_PUBLISH, YES_TELL = N_("このまま公開してよい"), N_("このまま伝えてよい")
POST = Readers(
    PUBLISH,
    N_(
        "投稿は、だれでも読めます。自分やほかの人の個人の情報なら、消してください。公開してよいものなら、下にチェックを入れて、もう一度送ってください。"
    ),
    YES_PUBLISH,
)
LOG = Readers(
    PUBLISH,
    N_(
        "理由は公開され、あとから消すことも直すこともできません。だれかの個人の情報なら、消してください。公開してよいものなら、下にチェックを入れて、もう一度送ってください。"
    ),
    YES_PUBLISH,
)
LOG_AND_TITLE = Readers(
    PUBLISH,
    N_(
        "題名と理由は公開され、理由はあとから消すことも直すこともできません。だれかの個人の情報なら、消してください。公開してよいものなら、下にチェックを入れて、もう一度送ってください。"
    ),
    YES_PUBLISH,
)
MODERATORS = Readers(
    TELL,
    N_(
        "審査の担当者が読みます。公開はしません。要らない個人の情報なら、消してください。伝える必要があるなら、下にチェックを入れて、もう一度送ってください。"
    ),
    YES_TELL,
)
AUTHOR = Readers(
    TELL,
    N_(
        "投稿を書いた人が、このまま読みます。知られたくない個人の情報なら、消してください。伝えてよいものなら、下にチェックを入れて、もう一度送ってください。"
    ),
    YES_TELL,
)
SUBMISSION = Readers(
    PUBLISH,
    N_(
        "意見は、このまま公表します。自分やほかの人の個人の情報なら、書き直してください。公開してよいものなら、下にチェックを入れてください。"
    ),
    YES_PUBLISH,
)


@dataclass(frozen=True, slots=True)
class Question:
    """The passages, each with what it may be, and the answer that says yes to exactly these."""

    passages: tuple[tuple[str, str], ...]
    answer: str
    readers: Readers

    @property
    def sentence(self) -> str:
        kinds = dict.fromkeys(kind for kind, _words in self.passages)
        return _(self.readers.ask, kinds=_("、").join(kinds))


def question(*texts: str, known: str = "", readers: Readers = POST) -> Question | None:
    """About everything personal in the texts that is not in the `known` one, which everybody reads already."""
    asked = dict.fromkeys(passage for text in texts for passage in _passages(text))
    for passage in _passages(known):
        asked.pop(passage, None)
    if not asked:
        return None
    return Question(
        tuple((_(KIND_NAMES[kind]), words) for kind, words in asked), proof.digest([*asked]), readers
    )


def _passages(text: str) -> list[tuple[Kind, str]]:
    text = unicodedata.normalize("NFC", text)
    return [(hint.kind, text[hint.start : hint.end]) for hint in personal_data(without_addresses(text))]
