"""How closely somebody follows a topic or a board."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from forum.i18n import N_
from forum.text import WayBack


class Level(StrEnum):
    """`watch`: every post. `follow`: what answers or quotes them. `mute`: nothing."""

    WATCH = "watch"
    FOLLOW = "follow"
    MUTE = "mute"


class Following(BaseModel):
    """The form: three buttons, one of which was pressed."""

    level: Level
    # The page with the buttons.
    next: WayBack = ""


@dataclass(frozen=True, slots=True)
class Follower:
    """What one person said about a topic and about its board, and whether the first came by itself, with writing."""

    account_id: int
    topic: Level | None
    chosen: bool | None
    board: Level | None

    @property
    def level(self) -> Level:
        """What was said of the topic counts before what was said of the board, and that before what came by itself."""
        own = self.topic if self.chosen else None
        return own or self.board or self.topic or Level.FOLLOW


NAMES = {
    Level.WATCH: N_("見守る"),
    Level.FOLLOW: N_("追う"),
    Level.MUTE: N_("通知しない"),
}
OF_TOPIC = {
    Level.WATCH: N_("この話題に新しい投稿があると知らせます。"),
    Level.FOLLOW: N_("あなたへの返信、引用、呼びかけだけを知らせます。"),
    Level.MUTE: N_("この話題の投稿は、返信や引用も知らせません。"),
}
OF_BOARD = {
    Level.WATCH: N_("この会議室に新しい投稿があると知らせます。"),
    Level.FOLLOW: N_("見守っている話題の投稿と、あなたへの返信、引用、呼びかけだけを知らせます。"),
    Level.MUTE: N_("この会議室の投稿は、見守ると決めた話題のほかは知らせません。"),
}
