"""What may be typed: text that every screen, printer and database can carry, as the person wrote it."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from forum.i18n import N_

# Controls other than tab and line feed, lone surrogates, the replacement character (bytes that were not
# UTF-8), code points that are no characters, and the bidirectional overrides and isolates that make text
# read as something else.
NO_CHARACTERS = "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)
UNREADABLE = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffd{NO_CHARACTERS}]"
)
# What shows nothing, or only changes how its neighbour is drawn: Unicode's default ignorable characters.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Anything that is seen; nor is a cell of Braille without a dot.
SEEN = re.compile(INVISIBLE.pattern.replace("[", r"[^\s\u2800", 1))
# What is left of all line ends once they are of one kind, and two that Unicode adds.
LINE_ENDS = re.compile("[\n\u2028\u2029]")
# Fields of passwords, and of codes that stand for one.
SECRET = {"password", "current", "code"}
# Real writing systems stack at most a handful of marks on a letter.
COMBINING_MARKS_MAX = 8


def clean(text: str) -> str:
    """Line ends as \\n and Unicode NFC; nothing else is touched. Raises for text nobody could read."""
    text = unicodedata.normalize("NFC", _one_kind_of_line_end(text))
    if UNREADABLE.search(text):
        raise PydanticCustomError(
            "unreadable", N_("使えない文字（制御文字など）が含まれています。取り除いてください。")
        )
    if _piles_marks(text):
        raise PydanticCustomError("marks", N_("一つの文字に重なる記号が多すぎます。減らしてください。"))
    return text


def visible(text: str) -> str:
    """The text as a page may show it again: what nobody could read or find becomes a � that can be deleted."""
    return UNREADABLE.sub("\ufffd", _one_kind_of_line_end(text))


def written(fields: Mapping[str, list[str]]) -> list[str]:
    """What of a form a person wrote, the longest text first; numbers, addresses, choices and secrets are left out."""
    open_fields = (texts for name, texts in fields.items() if name not in SECRET)
    said = (text for texts in open_fields for text in texts if not text.isascii() or " " in text.strip())
    return sorted(filter(str.strip, said), key=len, reverse=True)


def _one_kind_of_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _piles_marks(text: str) -> bool:
    if text.isascii():
        return False
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run > COMBINING_MARKS_MAX:
            return True
    return False


def is_blank(text: str) -> bool:
    """Whether there is nothing to be seen of it."""
    return SEEN.search(text) is None


def _line(text: str) -> str:
    text = clean(text)
    if LINE_ENDS.search(text):
        raise PydanticCustomError("one_line", N_("改行は使えません。"))
    return "" if is_blank(text) else text.strip()


def paragraphs(text: str) -> str:
    """As it is kept: with one kind of line end, and none around it."""
    text = clean(text)
    return "" if is_blank(text) else text.strip("\n").rstrip()


def fold(text: str) -> str:
    """For comparing names: width, case and compatibility forms made equal, the invisible left out."""
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold().strip()


def ungrouped(text: str) -> str:
    """The digits of a number, in whatever width and groups it was typed; and whatever else was."""
    return re.sub(r"[\s-]", "", fold(text))


def _email(text: str) -> str:
    """The address as every mail server understands it, typed in whatever width."""
    try:
        found = validate_email(
            unicodedata.normalize("NFKC", text), allow_smtputf8=False, check_deliverability=False
        )
    except EmailNotValidError as error:
        raise PydanticCustomError("email", N_("メールアドレスの形式が正しくありません。")) from error
    return found.ascii_email or found.normalized


# For a field that may stay empty.
EMPTY_IS_NONE = BeforeValidator(lambda typed: None if isinstance(typed, str) and is_blank(typed) else typed)
# The number of a row and that of its version, as forms send them.
RowId = Annotated[int, Field(gt=0, lt=2**63)]
Version = Annotated[int, Field(ge=0, lt=2**31)]
Line = Annotated[str, AfterValidator(_line)]
Paragraphs = Annotated[str, AfterValidator(paragraphs)]
Email = Annotated[Line, AfterValidator(_email)]


D = TypeVar("D", bound=date)


def _of_our_time(typed: D) -> D:
    # Years outside this range are slips of the finger, and some of them no zone can convert.
    if not 2000 <= typed.year <= 2100:
        raise PydanticCustomError("moment", N_("日時を確かめてください。"))
    return typed


Day = Annotated[date, AfterValidator(_of_our_time)]
Moment = Annotated[datetime, AfterValidator(_of_our_time)]
AwareMoment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]


def sized(least: int, most: int) -> AfterValidator:
    """Bounds a text: `Annotated[Line, sized(1, 80)]`; characters are counted after cleaning."""

    def check(text: str) -> str:
        if least and (len(text) < least or is_blank(text)):
            if is_blank(text):
                raise PydanticCustomError("missing", N_("入力してください。"))
            raise PydanticCustomError(
                "short_text", N_("%(least)s文字以上で入力してください。"), {"least": least}
            )
        if len(text) > most:
            raise PydanticCustomError(
                "long_text",
                N_("%(most)s文字以内で入力してください（いまは%(length)s文字です）。"),
                {"most": most, "length": len(text)},
            )
        return text

    return AfterValidator(check)


# What is chosen among things of ours that are named by a word: a board, a category.
Chosen = Annotated[Line, sized(0, 80)]


def _way_back(typed: str) -> str:
    return "" if len(typed) > 2_000 or is_blank(typed) else typed


# The page from which somebody came to a form; no address of ours is longer.
WayBack = Annotated[str, AfterValidator(_way_back)]
