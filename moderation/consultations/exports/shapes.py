"""The shape of the JSON file of a result: what its JSON Schema is made from."""

import json
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

closed = with_config(ConfigDict(extra="forbid"))

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
Count = Annotated[int, Field(ge=0)]
# Nobody named is not the same as nobody.
People = Annotated[
    Count | None, Field(description="who can be told apart by name or account; null when nobody is named")
]


@closed
class CopiesShape(TypedDict):
    """Opinions with the words of an earlier one: letter for letter, or nearly."""

    same: Count
    near: Count


@closed
class CountsShape(TypedDict):
    people: People
    unnamed: Annotated[Count, Field(description="texts without a name on record")]
    texts: Annotated[Count, Field(description="posts and submissions")]
    opinions: Annotated[Count, Field(description="copies among them")]
    copies: CopiesShape


@closed
class TallyShape(CountsShape):
    channel: str


@closed
class LateShape(TypedDict):
    """What came after the period, and how much of that was considered all the same."""

    texts: Count
    considered: Count


@closed
class FiguresShape(TypedDict):
    received: Count
    used: Count
    merged: Count
    set_aside: Count


@closed
class LedgerShape(TypedDict):
    texts: FiguresShape
    opinions: FiguresShape


@closed
class PlanShape(TypedDict):
    position: int
    heading: str
    body: str


@closed
class AboutShape(TypedDict):
    """The version of the plan that the author read; section and paragraph, if one was chosen."""

    version: Annotated[int, Field(ge=1)]
    section: Annotated[int | None, Field(description="the position of the section")]
    passage: int | None
    sha256: Sha256


@closed
class SourceShape(TypedDict):
    channel: str
    receipt: str | None
    post: int | None
    revision: int | None
    url: str | None
    received_at: Time
    late: Annotated[bool, Field(description="it came after the period")]
    sha256: Annotated[Sha256 | None, Field(description="null while a part of the source is masked")]
    about: Annotated[AboutShape | None, Field(description="of what a submission speaks; null of a post")]


@closed
class OpinionShape(TypedDict):
    number: int
    text: Annotated[str | None, Field(description="null where the words may not be shown; the hash stays")]
    start: Annotated[int, Field(description="in Unicode code points of the source")]
    end: int
    disposition: str
    reason: str | None
    sha256: Sha256
    source: SourceShape
    copy: Annotated[
        Literal["same", "near"] | None,
        Field(
            description="has every letter, or nearly all words, of an earlier opinion; null where either is withheld"
        ),
    ]
    copy_of: Annotated[int | None, Field(description="the number of that opinion")]
    further: Annotated[
        list[int], Field(description="the groups that answer it besides the one in which it is counted")
    ]


@closed
class FurtherShape(TypedDict):
    """An opinion of another group that is answered here as well."""

    number: int
    sha256: Sha256


@closed
class AnswerShape(TypedDict):
    number: Annotated[int, Field(description="the version of the answer")]
    category: str
    category_label: str
    body: str
    reason: str
    plan_before: str
    plan_after: str
    opinions: Annotated[list[Sha256], Field(description="the hashes of the opinions that it answers")]
    sha256: Sha256
    variants: Annotated[
        dict[str, str],
        Field(description="in plain Japanese (plain) and in English (en); no part of the hash"),
    ]


@closed
class GroupShape(TypedDict):
    number: int
    title: str
    summary: str
    plan_section: str | None
    counts: CountsShape
    opinions: list[OpinionShape]
    further: list[FurtherShape]
    answer: AnswerShape


@closed
class SealShape(TypedDict):
    digest: Sha256 | None
    consultation: Sha256 | None


@closed
class NoticeShape(TypedDict):
    title: str
    url: str
    summary: str
    section: str
    opens_at: Time
    closes_at: Time
    short_period_reason: str | None
    result_due: str | None
    plan: list[PlanShape]


@closed
class PeriodChangeShape(TypedDict):
    """The end of the period before and after, and why it was moved."""

    time: Time
    before: Time
    after: Time
    reason: str


@closed
class PlanVersionShape(TypedDict):
    consultation: int
    number: int
    plan: list[PlanShape]
    reason: Annotated[str, Field(description="empty of the first, with which the period began")]
    time: Time
    previous: Sha256 | None
    sha256: Sha256


@closed
class ResultShape(NoticeShape):
    """Until there is a result, everything that it will say is null, and never 0."""

    state: str
    published_at: Time | None
    period_changes: list[PeriodChangeShape] | None
    plan_versions: Annotated[
        list[PlanVersionShape] | None, Field(description="empty where the plan was never corrected")
    ]
    received: TallyShape | None
    channels: list[TallyShape] | None
    late: LateShape | None
    withdrawn: Annotated[Count | None, Field(description="taken back by their authors, counted nowhere else")]
    ledger: LedgerShape | None
    reflected_opinions: Count | None
    disclaimer: str
    groups: list[GroupShape] | None
    set_aside: list[OpinionShape] | None
    hash_version: int | None
    sha256: SealShape | None


RESULT: TypeAdapter[ResultShape] = TypeAdapter(ResultShape)


def schema() -> bytes:
    """The JSON Schema of results.json."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **RESULT.json_schema()}
    return json.dumps(described, ensure_ascii=False, indent=1).encode()
