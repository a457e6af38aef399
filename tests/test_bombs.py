"""What is small to send and huge to take in: each is answered, in bounded time and memory, and nothing typed is lost.

Uploads that break off, polls that are over and forged reply addresses have their tests where they belong.
"""

import io
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from markupsafe import escape
from PIL import Image

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid
from forum.files.making import made
from forum.files.rules import PICTURES, PIXELS_MAX, Kind
from forum.notifications import reply_addresses
from forum.replying.actions import Outcome, receive
from forum.settings import Settings
from moderation.consultations import importing
from tests.conftest import Login
from tests.factories import a_post, a_topic, an_account
from tests.forum.files.test_making import a_png_that_says, chunk
from tests.moderation.consultations.test_importing import bomb
from tests.pages import parsed, values

MEGABYTE = 1_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """Of the processor's time, and of memory beyond what the process held before, at its highest."""
    Path("/proc/self/clear_refs").write_text("5")
    before, started = _memory("VmRSS"), time.process_time()
    yield
    spent, more = time.process_time() - started, _memory("VmHWM") - before
    assert spent < seconds
    assert more < megabytes * MEGABYTE, f"{more // MEGABYTE} MB"


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _packed(name: bytes, head: bytes) -> bytes:
    """A PNG with a part of a few bytes that unpacks to twenty megabytes."""
    whole = a_png_that_says(10, 10)
    return whole[:33] + chunk(name, head + zlib.compress(bytes(20 * MEGABYTE))) + whole[33:]


def test_pictures_that_unpack_to_more_than_they_say() -> None:
    bombs = [
        a_png_that_says(60_000, 60_000),
        _packed(b"zTXt", b"Comment\0\0"),
        _packed(b"iCCP", b"profile\0\0"),
        _packed(b"IDAT", b""),
    ]
    with bounded(5, 15):
        for data in bombs:
            with suppress(Invalid):
                assert made(data, PICTURES).width == 10


def test_the_largest_picture_that_is_taken() -> None:
    sent, side = io.BytesIO(), int(PIXELS_MAX[Kind.PNG] ** 0.5)
    Image.new("RGB", (side, side), "green").save(sent, "PNG", compress_level=1)
    with bounded(10, 200):
        assert made(sent.getvalue(), PICTURES).width == 2048


def test_a_document_that_unpacks_to_more_than_it_is() -> None:
    data = bomb()
    with bounded(5, 150), pytest.raises(Invalid):
        importing.read_plan(data)


@pytest.mark.parametrize(
    "words", ["[" * 990_000, "[" * MEGABYTE * 2, "> " * 1_000 + "x", "@「市民」" * 10_000, "|" * 90_000]
)
async def test_texts_of_a_million_signs(
    client: httpx.AsyncClient, db: Database, login: Login, words: str
) -> None:
    """The form comes back with the words, unless they are more than any form takes: then the page is left where it was."""
    topic, writer = await a_topic(db), await an_account(db)
    await login(client, writer.id or 0)
    with bounded(10, 200):
        for place in ("/replies/preview", "/replies"):
            answer = await client.post(
                f"/topics/{topic.topic_id}{place}", content="body=" + quote(words, safe="[|>"), headers=FORM
            )
            if len(words) > MEGABYTE:
                assert answer.status_code == 413
            elif len(words) > 4000:
                assert answer.status_code == 422
                assert str(escape(words)) in answer.text
            else:
                assert answer.status_code in (200, 303)


QUESTIONS = [
    *(
        '"',
        '"' * 300,
        "'; drop table posts; --",
        "(" * 300,
        ")" * 300,
        "& | ! <-> *",
        "%" * 300,
        "_%_%\\",
        "\\" * 300,
    ),
    *(
        "-" * 300,
        "会議室:" * 60,
        '会議室:"',
        "から:９９９９ まで:0",
        "あり:" * 99,
        'タグ:"" 書いた人:\'',
        "a\tb\"c'd",
        "緑" * 300,
    ),
    *(
        '" " " "',
        "野川 OR 緑 AND NOT 水",
        "*:*",
        "(?=(a+)+$)" + "a" * 200,
        "NEAR/2",
        "\u3000" * 200,
        '緑 "" -水 +木 ~森',
    ),
]


async def test_questions_of_signs_and_operators(client: httpx.AsyncClient, db: Database) -> None:
    """Each is looked for as it was typed, or refused with a sentence, and stands in the box again."""
    await a_post(db, body="野川の緑は50%_\\です。'引用'と\"引用\"。")
    with bounded(10, 100):
        for question in QUESTIONS:
            answer = await client.get("/search", params={"q": question})
            assert answer.status_code in (200, 422), question
            assert values(parsed(answer))["q"].strip() == question.strip()


class Mailbox:
    """Somebody who was told of an answer by mail, and what is sent to the address in it."""

    def __init__(self, db: Database, settings: Settings, resident: Actor, email: str, answer: int) -> None:
        self.db, self.email = db, email
        self.settings = settings.model_copy(update={"mail_reply_to": "reply@kaigi.example.jp"})
        self.to = reply_addresses.reply_address(self.settings, resident.id or 0, answer, clock.now())

    async def sends(self, body: str, **headers: str) -> Outcome:
        message = EmailMessage()
        message["From"], message["To"] = self.email, self.to
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        return await self.receives(message.as_string())

    async def receives(self, letter: str) -> Outcome:
        return await receive(self.db, self.settings, letter.encode())

    async def waits(self) -> int:
        """How many mails go out because of what came in."""
        number: int = await self.db.value(
            "select count(*) from pgqueuer where entrypoint = 'letter_answer_mail'"
        )
        return number


@pytest.fixture
async def mailbox(db: Database, settings: Settings) -> Mailbox:
    resident = await an_account(db)
    email = await db.value("select email from accounts where id = :id", id=resident.id)
    return Mailbox(db, settings, resident, email, (await a_post(db)).id)


async def test_a_machine_that_answers_every_answer_soon_hears_none(mailbox: Mailbox) -> None:
    with bounded(5, 50):
        for n in range(30):
            assert await mailbox.sends("", Message_ID=f"<{n}@loop>") is Outcome.REFUSED
    assert await mailbox.waits() == 3
    for name in ("Auto_Submitted", "X_Loop"):
        assert await mailbox.sends("あ", **{name: "auto-replied"}) is Outcome.IGNORED


async def test_letters_of_any_depth(mailbox: Mailbox) -> None:
    inner = "Content-Type: text/plain\r\n\r\nx"
    for n in range(300):
        inner = f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n{inner}\r\n--{n}--\r\n'
    to = f"From: {mailbox.email}\r\nTo: {mailbox.to}\r\n"
    nested, plain = f"{to}{inner}", f"{to}\r\nx"
    with bounded(10, 150):
        for words in ("[" * MEGABYTE, "> " * 1000 + "x\n" * 1200, "@「市民」" * 10_000, "\n" * 200_000):
            assert await mailbox.sends(words) is Outcome.REFUSED
        assert await mailbox.receives(nested) is Outcome.POSTED
        for header in ("(" * 3_900, "(" * 90_000, '"' * 90_000, "a@b.jp, " * 20_000, "<" * 3_900):
            for name in ("From", "Cc", "Subject", "Content-Type", "References"):
                assert await mailbox.receives(f"{name}: {header}\r\n{plain}") in Outcome
