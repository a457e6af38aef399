"""Who is asking, and what a rule answers. Every `can_*` in the system returns a Ruling."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forum.errors import Forbidden
from forum.i18n import N_, _

OFFICE_WAITS = N_("あなたの役割を使うには、二要素認証の設定が要ります。")


class Role(StrEnum):
    GUEST = "guest"
    RESIDENT = "resident"
    MODERATOR = "moderator"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request: an account with its rights on boards, or a guest."""

    id: int | None = None
    pen_name: str = ""
    pseudonym: str = ""
    role: Role = Role.GUEST
    section_id: int | None = None
    facilitates_boards: frozenset[int] = frozenset()
    moderates_boards: frozenset[int] = frozenset()
    confirmed: bool = False
    # Has shown at a counter that they live in the town.
    verified: bool = False
    # Logs in with a code besides the password; and the role of whoever does not, where the town asks for that of an office.
    has_second_factor: bool = False
    waiting_role: Role | None = None
    suspended: bool = False
    # Closed the account, and may still take that back.
    leaving: bool = False
    # While it lies ahead: may read and be heard, and not write in the rooms.
    silenced_until: datetime | None = None
    approved_posts: int = 0
    locale: str | None = None
    # In which they read times; None: the town's.
    time_zone: str | None = None
    unread: int = 0
    # Whether anything is written and not sent.
    has_drafts: bool = False
    # When the session that the request came with ends by itself.
    session_ends: datetime | None = None
    # By choice, off by default: other readers see the pen name while this person reads.
    named_while_reading: bool = False

    @property
    def is_guest(self) -> bool:
        return self.id is None

    @property
    def lacks_second_factor(self) -> bool:
        """So that no office counts."""
        return self.waiting_role is not None

    @property
    def own_role(self) -> Role:
        """Also while it does not count: under which words would stand, and which is asked for where residents are counted."""
        return self.waiting_role or self.role

    @property
    def works_for_city(self) -> bool:
        return self.own_role in (Role.STAFF, Role.ADMINISTRATOR)

    @property
    def is_staff(self) -> bool:
        """City staff, who see the staff room."""
        return self.role in (Role.STAFF, Role.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        return self.role is Role.ADMINISTRATOR

    @property
    def moderates_everywhere(self) -> bool:
        return self.role in (Role.MODERATOR, Role.ADMINISTRATOR)

    @property
    def is_moderator(self) -> bool:
        """Moderates at least one board."""
        return self.moderates_everywhere or bool(self.moderates_boards)

    def moderates(self, board_id: int) -> bool:
        return self.moderates_everywhere or board_id in self.moderates_boards

    def steers(self, board_id: int) -> bool:
        """Facilitates or moderates the board: keeps its topics in order."""
        return self.moderates(board_id) or board_id in self.facilitates_boards

    def wrote(self, author_id: int | None) -> bool:
        return self.id is not None and self.id == author_id


GUEST = Actor()


@dataclass(frozen=True, slots=True)
class Ruling:
    """Yes, or no with a reason that the person can read. Truthy when allowed."""

    reason: str | None = None

    def __bool__(self) -> bool:
        return self.reason is None


ALLOWED = Ruling()


def require(ruling: Ruling) -> None:
    """Raises Forbidden with the ruling's reason unless it allows."""
    if ruling.reason is not None:
        raise Forbidden(ruling.reason)


def can_take_part(actor: Actor) -> Ruling:
    """The least that every act of a resident asks for."""
    if actor.is_guest:
        return Ruling(_("ログインしてください。"))
    if actor.leaving:
        return Ruling(_("退会の手続き中です。「登録と設定」のページで取りやめられます。"))
    if actor.suspended:
        return Ruling(_("このアカウントは停止されています。"))
    if not actor.confirmed:
        return Ruling(_("届いたメールのリンクを開いて、メールアドレスを確認してください。"))
    return ALLOWED


def can_speak(actor: Actor) -> Ruling:
    """Writing in the rooms. Whoever is silenced for a time still reads, reports, appeals and submits opinions to the city."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.own_role is not actor.role:
        return Ruling(_(OFFICE_WAITS))
    if actor.silenced_until:
        return Ruling(_("いまは投稿を止められています。理由と期限は、受信箱のお知らせにあります。"))
    return ALLOWED


def office_counts(actor: Actor) -> Ruling:
    """Not while it waits for a second factor; of whoever has none there is nothing to say against."""
    return Ruling(_(OFFICE_WAITS)) if actor.lacks_second_factor else ALLOWED


def can_be_named(actor: Actor) -> Ruling:
    """Whether a name may stand before readers without a post: one that a person has read, with a post or a role.

    Decisions are told without a name; who was reading at that moment would say it.
    """
    if not (ruling := can_take_part(actor)):
        return ruling
    if not (ruling := office_counts(actor)):
        return ruling
    if actor.is_moderator:
        return Ruling(_("審査の担当者の名前は、だれの判断か分からないように、閲覧中には出ません。"))
    if not (actor.approved_posts or actor.is_staff or actor.facilitates_boards):
        return Ruling(_("最初の投稿が公開されてから、名前が出ます。"))
    return ALLOWED
