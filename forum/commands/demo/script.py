"""What the files in `content/` say, as plain values; a misspelt field is an error, not an omission."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from forum.access import Role
from moderation.consultations.rules.progress import Status
from moderation.reviews.acts import Act
from moderation.submissions.rules import Channel

# "38d 08:12": the time of day in the town, that many days ago (negative: to come). See content/README.md.
Ago = Annotated[str, StringConstraints(pattern=r"^-?\d+d \d\d:\d\d$")]
Words = Annotated[str, AfterValidator(str.strip)]


class Scripted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(Scripted):
    id: str
    name: str
    name_en: str


class Person(Scripted):
    id: str
    pen_name: str
    role: Role
    joined: Ago
    section: str | None = None
    login: str | None = None
    facilitates: Sequence[str] = ()

    @property
    def email(self) -> str:
        return f"{self.login or self.id}@example.jp"


class People(Scripted):
    section: Sequence[Section]
    person: Sequence[Person]


class Report(Scripted):
    by: str
    at: Ago
    rule: int
    note: str


class Verdict(Scripted):
    """What a moderator decided, when and why."""

    by: str
    at: Ago
    reason: str
    rule: int | None = None


class Sanction(Verdict):
    """What a moderator decided about the author because of a post."""

    act: Act
    days: int = 1


class Appeal(Scripted):
    """Against the newest decision on the post, by its author; `judged` names the outcome."""

    at: Ago
    body: Words
    judged: Verdict | None = None
    outcome: str = "upheld"


class Claim(Scripted):
    """Somebody from outside says that the post infringes their rights."""

    at: Ago
    infringed: str
    words: str
    reason: str
    name: str
    address: str
    asked: Ago
    by: str
    answered: Ago | None = None
    answer: str = "objected"
    body: Words = ""
    refused: Verdict | None = None


class Post(Scripted):
    by: str
    at: Ago
    body: Words
    to: int | None = None
    edited: Ago | None = None
    edited_body: Words = ""
    withdrawn: Ago | None = None
    held: bool = False
    reports: Sequence[Report] = ()
    hidden: Verdict | None = None
    restored: Verdict | None = None
    dismissed: Verdict | None = None
    returned: Verdict | None = None
    sanction: Sanction | None = None
    appeal: Appeal | None = None
    claim: Claim | None = None

    @property
    def verdicts(self) -> list[tuple[Act, Verdict]]:
        acts = {
            Act.HIDE: self.hidden,
            Act.RESTORE: self.restored,
            Act.DISMISS: self.dismissed,
            Act.RETURN: self.returned,
        }
        return [(act, verdict) for act, verdict in acts.items() if verdict]


class Topic(Post):
    title: str
    key: str | None = None
    pinned: str = ""
    locked: Ago | None = None
    locked_because: str = ""
    post: Sequence[Post] = ()


class Board(Scripted):
    slug: str
    name: str
    name_en: str
    about: str
    about_en: str
    kind: Literal["official", "community", "staff"]
    section: str
    topic: Sequence[Topic]


class PlanSection(Scripted):
    heading: str
    body: Words


class Submission(Scripted):
    id: str
    channel: Channel
    at: Ago
    name: str
    address: str
    body: Words
    organisation: str = ""
    by: str | None = None
    plan: int | None = None


class Progress(Scripted):
    """What became of an answer, as the section reports it."""

    at: Ago
    status: Status
    body: Words


class Group(Scripted):
    """Opinions that say the same thing, and in a finished consultation the city's answer to them."""

    title: str
    summary: Words = ""
    plan: int | None = None
    used: Sequence[str]
    merged: Sequence[str] = ()
    category: str | None = None
    answer: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""
    # Opinions of other groups that the answer answers as well.
    also: Sequence[str] = ()
    # The answer in plain Japanese and in English.
    plain: Words = ""
    english: Words = ""
    progress: Sequence[Progress] = ()


class SetAside(Scripted):
    members: Sequence[str]
    reason: str


class Map(Scripted):
    """What residents were asked about a digest, and the sheet of each: "name ++-0."."""

    opened: Ago
    last_day: Ago
    # The last hour that struck: it draws the map, or weighs what is asked next.
    tended: Ago
    points: Words
    answers: Sequence[str]


class Digest(Scripted):
    title: str
    by: str
    starts: Ago
    ends: Ago
    compiled: Ago
    topics: Sequence[str]
    group: Sequence[Group]
    set_aside: Sequence[SetAside]
    summary: Words = ""
    published: Ago | None = None
    map: Map | None = None


class Consultation(Scripted):
    key: str
    title: str
    section: str
    by: str
    created: Ago
    opens: Ago
    closes: Ago
    result_due: Ago
    summary: Words
    plan: Sequence[PlanSection]
    submission: Sequence[Submission]
    considered: Ago | None = None
    published: Ago | None = None
    digest: Digest | None = None


class Hearings(Scripted):
    consultation: Sequence[Consultation]
    digest: Sequence[Digest]
