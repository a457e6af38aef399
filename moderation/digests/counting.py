"""People, texts, opinions and copies, each counted apart: whatever a page or a file says of them comes from here."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar

from forum.i18n import N_, _, _n


class Copy(StrEnum):
    """What an opinion shares with an earlier one: every letter, or nearly all that it says."""

    SAME = "same"
    NEAR = "near"

    @property
    def label(self) -> str:
        return _(COPY_NAMES[self])


COPY_NAMES = {Copy.SAME: N_("同じ文"), Copy.NEAR: N_("ほぼ同じ文")}
# Parts of a digest of which people are counted, beside its groups and the channels of submissions.
WHOLE, ROOM = "all", "forum"
# What is counted, in this order and these words wherever it is shown.
LABELS = (N_("人数"), N_("投稿・提出"), N_("意見"), N_("うち同じ文"), N_("うちほぼ同じ文"))


class Countable(Protocol):
    """An opinion as far as it is counted: the post or submission it stands in, and who said it, if that is known."""

    @property
    def text(self) -> Hashable: ...
    @property
    def person(self) -> Hashable | None: ...
    @property
    def copy(self) -> Copy | None: ...


@dataclass(frozen=True)
class Said:
    text: Hashable
    person: Hashable | None
    copy: Copy | None


def heads(people: int, unnamed: int) -> str:
    """How many people. Nobody named is not the same as nobody."""
    if not unnamed:
        return _n("%(n)s人", n=people)
    if not people:
        return _("不明（氏名の記録なし）")
    return _n("%(people)sと、氏名の記録がない%(n)s件", n=unnamed, people=_n("%(n)s人", n=people))


@dataclass(frozen=True)
class Counts:
    """`unnamed` texts bear no name: nobody knows how many people wrote them. Copies are opinions, too."""

    people: int
    unnamed: int
    texts: int
    opinions: int
    same: int
    near: int

    @property
    def heads(self) -> str:
        return heads(self.people, self.unnamed)

    @property
    def cells(self) -> tuple[str | int, ...]:
        """As LABELS names them: numbers, wherever there is one."""
        return self.heads if self.unnamed else self.people, self.texts, self.opinions, self.same, self.near

    @property
    def rows(self) -> list[tuple[str, str | int]]:
        return [(_(label), cell) for label, cell in zip(LABELS, self.cells, strict=True)]

    @property
    def lines(self) -> list[str]:
        """The same in words; of copies nothing where there are none."""
        copies = [
            _n("うち同じ文%(n)s件", n=self.same),
            _n("うちほぼ同じ文%(n)s件", n=self.near),
        ]
        return [
            self.heads,
            _n("投稿・提出%(n)s件", n=self.texts),
            _n("意見%(n)s件", n=self.opinions),
            *(copies if self.same or self.near else []),
        ]

    @property
    def words(self) -> str:
        return _("、").join(self.lines)

    @property
    def data(self) -> dict[str, Any]:
        """For machines; `people` is None where nobody is named."""
        return {
            "people": None if self.unnamed and not self.people else self.people,
            "unnamed": self.unnamed,
            "texts": self.texts,
            "opinions": self.opinions,
            "copies": {"same": self.same, "near": self.near},
        }


def of_group(number: int) -> str:
    """A group as a part of its digest."""
    return f"group {number}"


def as_told(counts: Counts, people: Mapping[str, int], part: str) -> Counts:
    """With the number of people that the part was told to have, where the names by which they were counted are gone."""
    return replace(counts, people=people.get(part, counts.people))


def count(said: Iterable[Countable]) -> Counts:
    found = list(said)
    return Counts(
        people=len({one.person for one in found if one.person is not None}),
        unnamed=len({one.text for one in found if one.person is None}),
        texts=len({one.text for one in found}),
        opinions=len(found),
        same=sum(one.copy is Copy.SAME for one in found),
        near=sum(one.copy is Copy.NEAR for one in found),
    )


class Row(Protocol):
    """What the database knows of where an opinion comes from: some dataclass of its columns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def post_id(self) -> int | None: ...
    @property
    def submission_id(self) -> int | None: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def person_key(self) -> bytes | None: ...
    @property
    def copy(self) -> str | None: ...


R = TypeVar("R", bound=Row)


def recognised(rows: Iterable[R]) -> list[R]:
    """Somebody who wrote in the room and submitted from the same account is one person: under several names the one of the
    first submission, in whatever order the rows come and whatever its key is once the names are deleted."""
    found = list(rows)
    named = [row for row in found if row.account_id is not None and row.person_key]
    named.sort(key=lambda row: row.submission_id or 0, reverse=True)
    keys = {row.account_id: row.person_key for row in named}
    return [
        row if row.person_key or row.account_id not in keys else replace(row, person_key=keys[row.account_id])
        for row in found
    ]


def said(row: Row) -> Said:
    """The name on a submission tells people apart, and where there is none the account."""
    return Said(
        text=text_of(row),
        person=row.person_key or row.account_id,
        copy=Copy(row.copy) if row.copy else None,
    )


def text_of(row: Row) -> tuple[str, int | None]:
    """The post, whatever its revision, or the submission."""
    if row.submission_id is not None:
        return "submission", row.submission_id
    return "post", row.post_id
