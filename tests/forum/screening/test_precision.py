"""How often the recognisers are right, on thousands of made sentences and on real opinions; docs/screening.md has the table."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from forum.screening.copies import copies
from forum.screening.hints import Hint, Kind
from forum.screening.personal import personal_data
from forum.settings import ROOT
from tests.forum.screening.generating import NEGATIVES, Sample, negatives, positives

EACH_KIND, EACH_PATTERN = 400, 50
RECALL_MIN, PRECISION_MIN = 0.98, 0.97
NAMES = {
    Kind.PHONE: "telephone number",
    Kind.EMAIL: "e-mail address",
    Kind.POSTAL: "postal code",
    Kind.ADDRESS: "address",
    Kind.MY_NUMBER: "My Number",
    Kind.CARD: "card number",
}
# What people write and the recognisers do not find; docs/screening.md says so.
MISSED = [
    "〇九〇ー一二三四ー五六七八",
    "ゼロ九〇のいちにさんよん",
    "O90-l234-5678",
    "taroのgmail",
    "緑町の公園の向かいの青い屋根の家",
    "緑町3-2",
]
# Two groups of the file hold texts that are nobody's copy: what they share is a heading, or less.
MIXED = {"exact_4962", "exact_5114"}
REAL: Path = ROOT.parent / "shared" / "data" / "opinions"


@pytest.fixture(scope="module")
def outcome() -> dict[Kind, tuple[int, int, int]]:
    """By kind: passages there were, those found whole, and hints that were wrong."""
    there, found, wrong = Counter[Kind](), Counter[Kind](), Counter[Kind]()
    samples = [*positives(EACH_KIND), *negatives(EACH_PATTERN)]
    for sample in samples:
        hints = personal_data(sample.text)
        if sample.kind:
            there[sample.kind] += 1
            found[sample.kind] += any(_right(sample, hint) for hint in hints)
        wrong.update(hint.kind for hint in hints if not _right(sample, hint) and not _beside(sample, hint))
    return {kind: (there[kind], found[kind], wrong[kind]) for kind in NAMES}


def test_there_are_thousands_of_samples_of_both_sorts() -> None:
    assert EACH_KIND * len(NAMES) >= 2_000
    assert EACH_PATTERN * len(NEGATIVES) >= 2_000


@pytest.mark.parametrize("kind", NAMES)
def test_precision_and_recall_are_high(kind: Kind, outcome: dict[Kind, tuple[int, int, int]]) -> None:
    there, found, wrong = outcome[kind]
    assert found / there >= RECALL_MIN
    assert found / (found + wrong) >= PRECISION_MIN


def test_the_table_of_the_document_is_what_comes_out(outcome: dict[Kind, tuple[int, int, int]]) -> None:
    document = (ROOT / "docs" / "screening.md").read_text()
    rows = [
        f"| {NAMES[kind]} | {there} | {found} | {wrong} | {_percent(found, found + wrong)} | {_percent(found, there)} |"
        for kind, (there, found, wrong) in outcome.items()
    ]
    assert [row for row in rows if row not in document] == []


@pytest.mark.parametrize("text", MISSED)
def test_what_is_known_to_be_missed_is_missed(text: str) -> None:
    """Where this fails the recognisers have become better, and the document may say so."""
    assert personal_data(text) == ()


@pytest.mark.skipif(not REAL.exists(), reason="the real opinions are not here")
def test_real_opinions_hold_no_false_number() -> None:
    """None of them has anything personal: every hint here would be false."""
    texts = [text for name in ("envplan.csv", "ai-duplicates.csv") for text in _texts(REAL / name)]
    assert len(texts) > 500
    hints = [(hint.kind, text[hint.start : hint.end]) for text in texts for hint in personal_data(text)]
    assert hints == []


@pytest.mark.skipif(not REAL.exists(), reason="the real opinions are not here")
def test_real_copies_are_found_and_nothing_else() -> None:
    with (REAL / "ai-duplicates.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["group_id"] not in MIXED]
    texts, groups = [row["text"] for row in rows], [row["group_id"] for row in rows]
    for at, text in enumerate(texts):
        assert {copy.at for copy in copies(text, texts)} == {
            other for other, group in enumerate(groups) if group == groups[at]
        }


def _right(sample: Sample, hint: Hint) -> bool:
    """The right kind, on all of the words."""
    start = sample.text.find(sample.words)
    return hint.kind is sample.kind and hint.start <= start and hint.end >= start + len(sample.words.rstrip())


def _beside(sample: Sample, hint: Hint) -> bool:
    """A postal code stands before an address, and some frames have the beginning of one."""
    return {hint.kind, sample.kind} == {Kind.POSTAL, Kind.ADDRESS}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as file:
        return [
            row[name]
            for row in csv.DictReader(file)
            for name in ("comment", "reply", "text")
            if row.get(name)
        ]
