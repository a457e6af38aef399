"""What is in the room, kept by hand beside the database: people, boards, topics, posts, and what was decided.

Who may do and see what is said here a second time, in the shortest words there are, and compared with what the program
does and shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from forum.access import Role

# What an act is about. A decision is overtaken by a later one about the same.
ABOUT = {
    **dict.fromkeys(("approve", "return", "hide", "restore", "dismiss"), "post"),
    **dict.fromkeys(("mask", "unmask"), "words"),
    **dict.fromkeys(("lock", "unlock"), "reception"),
    **dict.fromkeys(("slow", "unslow"), "pace"),
    **dict.fromkeys(("pin", "unpin"), "pin"),
    "move": "place",
    **dict.fromkeys(("hide_polls", "show_polls"), "polls"),
    **dict.fromkeys(("hide_poll", "show_poll"), "poll"),
    **dict.fromkeys(("warn", "silence", "suspend", "reinstate"), "account"),
    **dict.fromkeys(("uphold", "keep", "confirm"), "request"),
}
STAFF = (Role.STAFF, Role.ADMINISTRATOR)
EVERYWHERE = (Role.MODERATOR, Role.ADMINISTRATOR)


@dataclass(eq=False)
class Place:
    """A board."""

    id: int
    slug: str
    is_staff_room: bool = False
    # Whether what takes something away needs a second person.
    asks_two: bool = False


@dataclass(eq=False)
class Sanction:
    """Of one person, until when (a silence), and whether it was taken back."""

    decision: "Decision"
    until: datetime | None
    taken_back: bool = False


@dataclass(eq=False)
class Person:
    """Somebody, or nobody in particular: a guest has no id."""

    name: str
    id: int | None = None
    role: Role = Role.GUEST
    facilitates: Place | None = None
    moderates_here: Place | None = None
    # No post of theirs was shown yet: the first waits.
    is_new: bool = False
    sanctions: list[Sanction] = field(default_factory=list)

    def in_force(self, act: str) -> list[Sanction]:
        return [one for one in self.sanctions if one.decision.act == act and not one.taken_back]

    @property
    def suspended(self) -> bool:
        return bool(self.in_force("suspend"))

    @property
    def silenced_until(self) -> datetime | None:
        return max((one.until for one in self.in_force("silence") if one.until), default=None)

    def is_silenced(self, now: datetime) -> bool:
        return self.silenced_until is not None and now < self.silenced_until

    @property
    def holds_office(self) -> bool:
        return self.role != Role.RESIDENT or bool(self.facilitates or self.moderates_here)

    @property
    def takes_part(self) -> bool:
        return self.id is not None and not self.suspended

    def speaks(self, now: datetime) -> bool:
        return self.takes_part and not self.is_silenced(now)

    @property
    def is_administrator(self) -> bool:
        return self.takes_part and self.role == Role.ADMINISTRATOR

    @property
    def judges_everywhere(self) -> bool:
        return self.takes_part and self.role in EVERYWHERE

    @property
    def judges_anywhere(self) -> bool:
        return self.judges_everywhere or (self.takes_part and self.moderates_here is not None)

    def reads(self, place: Place) -> bool:
        return not place.is_staff_room or (self.takes_part and self.role in STAFF)

    def judges(self, place: Place) -> bool:
        return self.reads(place) and (
            self.judges_everywhere or (self.takes_part and self.moderates_here is place)
        )

    def keeps(self, place: Place) -> bool:
        """Steers its topics."""
        return self.judges(place) or (self.takes_part and self.facilitates is place)

    def knows(self, thing: "Topic | Post") -> bool:
        """May learn that it exists."""
        topic = thing.topic if isinstance(thing, Post) else thing
        return self.reads(topic.place) and all(
            one.state != "held" or one.author is self or self.judges(topic.place) for one in (topic, thing)
        )

    def reads_words(self, post: "Post") -> bool:
        """Of a post that is there to see: everybody. Withdrawn: its author. Else its author and who judges it."""
        if post.author is self:
            return True
        if not self.knows(post):
            return False
        return post.state == "visible" or (post.state != "withdrawn" and self.judges(post.topic.place))


@dataclass(eq=False)
class Topic:
    id: int
    place: Place
    author: Person
    state: str
    posts: list["Post"] = field(default_factory=list)
    locked: bool = False
    pinned: bool = False
    slow_until: datetime | None = None

    @property
    def opening(self) -> "Post":
        return self.posts[0]

    def is_slow(self, now: datetime) -> bool:
        return self.slow_until is not None and now < self.slow_until


@dataclass(eq=False)
class Mask:
    word: str
    set_by: "Decision"


@dataclass(eq=False)
class Post:
    id: int
    topic: Topic
    author: Person
    state: str
    written_at: datetime
    revisions: int = 1
    # Words that a mask can cover, as they are written in one version or another.
    maskable: list[str] = field(default_factory=list)
    masks: list[Mask] = field(default_factory=list)
    # Given back to its author, who has not written anew.
    returned: bool = False
    # Everybody could read it once.
    shown: bool = False
    # Open reports.
    reporters: list[Person] = field(default_factory=list)
    decisions: list["Decision"] = field(default_factory=list)
    proposals: list["Proposal"] = field(default_factory=list)

    @property
    def version(self) -> int:
        """Moves with everything that is not about its topic or its author alone."""
        decided = [decision for decision in self.decisions if decision.is_about_the_post]
        return self.revisions + len(decided) + (self.state == "withdrawn")

    @property
    def open_proposals(self) -> list["Proposal"]:
        return [proposal for proposal in self.proposals if proposal.is_open]

    @property
    def waits(self) -> str | None:
        """For a moderator, and as what."""
        if self.open_proposals and self.state != "withdrawn":
            return "proposed"
        if self.reporters:
            return "reported"
        return "held" if self.state == "held" and not self.returned else None

    @property
    def situation(self) -> str:
        """The row of the table of transitions."""
        if self.state == "held" and self.returned:
            return "returned"
        if self.state in ("visible", "withdrawn") and self.reporters:
            return {"visible": "reported", "withdrawn": "withdrawn and reported"}[self.state]
        return self.state

    def is_masked(self, word: str) -> bool:
        return any(mask.word == word for mask in self.masks)


@dataclass(eq=False)
class Decision:
    id: int
    act: str
    post: Post
    by: Person
    at: datetime
    # Where the topic was then.
    place: Place
    # The words that were judged, by number of their version.
    revision: int
    # Whose reports it answered.
    reporters: list[Person] = field(default_factory=list)
    answers: "Decision | None" = None
    appealed: bool = False
    of_request: bool = False
    # Who made it, also of two.
    involved: set[Person] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.involved.add(self.by)

    @property
    def about(self) -> str:
        return ABOUT[self.act]

    @property
    def is_about_the_post(self) -> bool:
        """And not about its topic or its author alone."""
        return self.about in ("post", "words", "request")


@dataclass(eq=False)
class Proposal:
    """What somebody wants from a post or its author, and another is to confirm."""

    post: Post
    act: str
    by: Person
    said: str
    days: int = 0
    maskable: str = ""
    # What took effect at once.
    enacted: Decision | None = None
    is_open: bool = True
    id: int = 0
    version: int = 0
    revisions: int = 0

    @property
    def about(self) -> str:
        return ABOUT[self.act]

    @property
    def is_stale(self) -> bool:
        """Something else is there now than was judged; of what an author may do, other words."""
        if self.about == "account":
            return self.revisions != self.post.revisions or self.post.state == "withdrawn"
        return self.version != self.post.version


@dataclass(eq=False)
class Appeal:
    id: int
    decision: Decision
    by: Person
    answer: Decision | None = None

    @property
    def parties(self) -> set[Person]:
        """Who had a part in what is contested."""
        answered = self.decision.answers.involved if self.decision.answers else set()
        return {self.by, *self.decision.reporters, *self.decision.involved, *answered}


@dataclass(eq=False)
class Request:
    """Of somebody whose rights a post may infringe."""

    id: int
    post: Post
    asked_until: datetime | None = None
    # Words that the person who asked may read on the page with the secret address, and gets by mail.
    told: set[str] = field(default_factory=set)
    answered: bool = False
    outcome: str | None = None


# Whether somebody may see a word.
MaySee = Callable[[Person], bool]
