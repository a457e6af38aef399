"""What may stand in the cells of a file of opinions, and how it is read."""

import re
import unicodedata
from datetime import datetime, tzinfo
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from forum.i18n import N_
from forum.text import Line, Moment, clean, is_blank, sized
from moderation.submissions.rules import BODY_LIMIT, CHANNEL_NAMES, LINE_LIMIT, Channel

TIME = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ](\d{1,2}):(\d{2})(?::\d{2})?)?")
ERA = re.compile(r"(?:令和|R)(\d{1,2}|元)(?=[-/.年])")
# 令和元年 is 2019.
REIWA = 2018

CHANNEL_WORDS = {
    Channel.WEB: ("web", "ウェブ", "ウェブフォーム", "フォーム", "インターネット", "オンライン"),
    Channel.POST: ("post", "郵送", "郵便"),
    Channel.FAX: ("fax", "ファクス", "ファックス", "ファクシミリ"),
    Channel.COUNTER: ("counter", "持参", "窓口", "直接"),
    Channel.EMAIL: ("email", "e-mail", "mail", "メール", "eメール", "電子メール"),
    Channel.IMPORT: ("import",),
}
CHANNELS = {
    unicodedata.normalize("NFKC", name).casefold(): channel
    for channel, names in CHANNEL_WORDS.items()
    for name in (*names, CHANNEL_NAMES[channel])
}


def one_line(cell: str) -> str:
    return " ".join(cell.split())


def read_body(cell: str) -> str:
    body = clean(cell).strip()
    if is_blank(body):
        raise PydanticCustomError("empty", N_("空です。"))
    if len(body) > BODY_LIMIT:
        sizes = {"length": len(body), "limit": BODY_LIMIT}
        raise PydanticCustomError("long", N_("長すぎます（%(length)s文字。上限は%(limit)s文字）。"), sizes)
    return body


def read_channel(cell: str) -> Channel:
    word = unicodedata.normalize("NFKC", cell).strip().casefold()
    if word and word not in CHANNELS:
        named = {"word": cell.strip()}
        raise PydanticCustomError("channel", N_("「%(word)s」という受付方法は分かりません。"), named)
    return CHANNELS.get(word, Channel.IMPORT)


def read_time(cell: str) -> datetime | None:
    """A day as Japanese offices write it, perhaps with a time: 2025-11-04, 2025/11/4 9:30, 令和7年11月4日."""
    text = unicodedata.normalize("NFKC", cell).strip()
    try:
        return written_time(text) if text else None
    except ValueError as error:
        sentence = N_("「%(text)s」は正しい日付ではありません（例: 2025-11-04）。")
        raise PydanticCustomError("time", sentence, {"text": cell.strip()}) from error


def written_time(text: str) -> datetime:
    match = TIME.fullmatch(ERA.sub(western_year, text))
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - dated_in adds the zone


def western_year(era: re.Match[str]) -> str:
    return str(REIWA + (1 if era[1] == "元" else int(era[1])))


def read_ref(joined: str) -> str:
    ref = one_line(clean(joined))
    if is_blank(ref.replace("/", "")):
        raise PydanticCustomError("empty", N_("番号が空です。"))
    if len(ref) > LINE_LIMIT:
        raise PydanticCustomError("long", N_("番号が長すぎます。"))
    return ref


OneLine = Annotated[Line, BeforeValidator(one_line), sized(0, LINE_LIMIT)]


class Row(BaseModel):
    """One opinion of the file; `line` is where its first character stands."""

    model_config = ConfigDict(frozen=True)

    line: int
    body: Annotated[str, AfterValidator(read_body)]
    name: OneLine = ""
    address: OneLine = ""
    organisation: OneLine = ""
    channel: Annotated[Channel, BeforeValidator(read_channel)] = Channel.IMPORT
    received: Annotated[Moment | None, BeforeValidator(read_time)] = None
    source_ref: Annotated[str, AfterValidator(read_ref)] | None = None
    # A place in the draft plan, in the words of its heading or by its number.
    section: OneLine = ""

    def dated_in(self, zone: tzinfo | None) -> Self:
        """A file writes times without a zone: the one of the city is meant."""
        return self.model_copy(update={"received": self.received and self.received.replace(tzinfo=zone)})
