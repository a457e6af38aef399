"""Mail leaves through a real SMTP server, sent by the real worker; without one it is kept as files."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import ValidationError

from forum import jobs, mail
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.accounts.rules import Registration
from forum.db import Database, connected
from forum.jobs import Worker
from forum.notifications import actions as notifications
from forum.notifications.jobs import notices_mail
from forum.notifications.rules import Choice, Mail, Subject
from forum.settings import Settings
from forum.site import make_site
from forum.slices import JOBS
from tests.factories import PASSWORD, a_post, a_topic, an_account
from tests.nginx import certificate_of
from tests.server import START_SECONDS, free_port

SOON = 20


class Town:
    """The town's mail server: keeps what it takes, and refuses the first `busy` mails."""

    def __init__(self, busy: int = 0) -> None:
        self.busy = busy
        self.loop = asyncio.get_running_loop()
        self.arrived: asyncio.Queue[EmailMessage] = asyncio.Queue()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.busy:
            self.busy -= 1
            return "451 Try again later"
        self.sent = envelope.original_content or b""
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [message["To"]]
        self.loop.call_soon_threadsafe(self.arrived.put_nowait, message)
        return "250 OK"


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"kaigi@example.jp", b"p@ss:word"))


@asynccontextmanager
async def listening(town: Town, **options: Any) -> AsyncIterator[str]:
    """The mail server in its own thread; where it listens."""
    controller = Controller(
        town, hostname="127.0.0.1", port=free_port(), ready_timeout=START_SECONDS, **options
    )
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@asynccontextmanager
async def working(settings: Settings, url: str) -> AsyncIterator[Database]:
    """The database of a site whose worker runs."""
    async with connected(url) as db:
        worker = Worker(make_site(settings, db), url, JOBS)
        task = asyncio.create_task(worker.run())
        yield db
        worker.stop()
        await task


async def next_mail(town: Town) -> EmailMessage:
    async with asyncio.timeout(SOON):
        return await town.arrived.get()


async def test_the_mails_of_a_residents_first_days(settings: Settings, own_database: str) -> None:
    """To confirm, to hear of a reply and, in the language of the account, of a quote."""
    town = Town()
    async with listening(town) as address:
        settings = settings.model_copy(
            update={"smtp_url": f"smtp://{address}", "mail_from": "room@example.jp"}
        )
        async with working(settings, own_database) as db:
            registration = Registration(pen_name="はけの道", email="hake@example.jp", password=PASSWORD)
            account_id = await accounts.register(db, registration, "")
            message = await next_mail(town)
            assert (message["From"], message["To"]) == ("room@example.jp", "hake@example.jp")
            assert message["Subject"] == "メールアドレスの確認"
            assert message["Auto-Submitted"] == "auto-generated"
            assert message["List-Unsubscribe"] is None
            assert re.search(r"^はけの道さん$", message.get_content(), re.M)
            assert re.search(r"^http://\S+/confirm/\S+$", message.get_content(), re.M)

            asked, asking = await an_account(db), await an_account(db)
            await account_queries.set_locale(db, asked.id or 0, "en")
            question = await a_topic(db, asked, title="野川の緑")
            await a_post(db, asking, topic=question, body="なぜですか。", reply_to_id=question.id)
            message = await next_mail(town)
            assert asking.pen_name in message["Subject"]
            assert "なぜですか。" in message.get_content()
            # On one line: mail programs do not look for the button behind an encoded word.
            assert re.search(rb"^List-Unsubscribe: <http://\S+/unsubscribe/\S+>\r$", town.sent, re.M)
            assert b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in town.sent
            assert f"/posts/{question.id + 1}" in message.get_content()
            assert town.arrived.empty()
    assert account_id is not None


async def test_a_server_that_asks_who_we_are(settings: Settings, own_database: str) -> None:
    town = Town()
    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    async with listening(town, **options) as address:
        url = f"smtp://kaigi%40example.jp:p%40ss%3Aword@{address}"
        settings = settings.model_copy(update={"smtp_url": url})
        await mail.send(settings, to="hake@example.jp", subject="件名", text="本文")
        assert (await next_mail(town)).get_content().strip() == "本文"


async def test_a_server_whose_certificate_nobody_signed_gets_mail_and_no_password(
    settings: Settings, tmp_path: Path
) -> None:
    """As Postfix comes on Debian. Without encryption it would get the same mail."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate_of(tmp_path))
    town = Town()
    async with listening(town, tls_context=context, require_starttls=True) as address:
        told = settings.model_copy(update={"smtp_url": f"smtp://{address}"})
        await mail.send(told, to="hake@example.jp", subject="件名", text="本文")
        assert (await next_mail(town)).get_content().strip() == "本文"
        named = settings.model_copy(update={"smtp_url": f"smtp://kaigi:word@{address}"})
        with pytest.raises(ssl.SSLCertVerificationError):
            await mail.send(named, to="hake@example.jp", subject="件名", text="本文")


async def test_a_mail_that_a_busy_server_refuses_is_sent_later(
    settings: Settings, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.2)
    town = Town(busy=1)
    async with listening(town) as address:
        settings = settings.model_copy(update={"smtp_url": f"smtp://{address}"})
        async with working(settings, own_database) as db:
            registration = Registration(pen_name="はけの道", email="hake@example.jp", password=PASSWORD)
            await accounts.register(db, registration, "")
            assert (await next_mail(town))["To"] == "hake@example.jp"
            assert town.busy == 0


async def test_without_a_server_mail_is_kept_as_files(settings: Settings) -> None:
    await mail.send(settings, to="hake@example.jp", subject="件名", text="本文\n")
    [path] = (settings.var_dir / "mail").glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"]) == ("hake@example.jp", "件名")


@pytest.mark.parametrize("end", "\n\r\v\x1c\x85\u2028\u2029")
async def test_a_subject_is_one_line_whatever_words_stand_in_it(settings: Settings, end: str) -> None:
    await mail.send(settings, to="hake@example.jp", subject=f"池の{end}水", text="本文\n")
    [path] = (settings.var_dir / "mail").glob("*.eml")
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"] == "池の 水"


@pytest.mark.parametrize("end", "\n\u2028\u2029")
def test_nobody_is_called_by_a_name_of_several_lines(end: str) -> None:
    with pytest.raises(ValidationError, match="改行は使えません"):
        Registration(pen_name=f"はけ{end}の道", email="hake@example.jp", password=PASSWORD)


class Strict(Town):
    """Refuses whom it is asked to write to, with these words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return self.words


@pytest.mark.parametrize(
    ("words", "is_gone"),
    [("550 5.1.1 User unknown", True), ("554 5.7.1 Relay access denied", False), ("450 Busy", False)],
)
async def test_whoever_has_no_mailbox_any_more_is_written_to_once_and_has_it_in_the_inbox(
    settings: Settings, db: Database, words: str, is_gone: bool
) -> None:
    """A server that is set up wrong refuses everybody: those are tried again."""
    person = await an_account(db)
    await notifications.choose(db, person.id or 0, [Choice(Subject.ANSWERS, False, Mail.AT_ONCE)])
    question = await a_topic(db, person)
    await a_post(db, topic=question, body="なぜですか。", reply_to_id=question.id)
    async with listening(Strict(words)) as address:
        site = make_site(settings.model_copy(update={"smtp_url": f"smtp://{address}"}), db)
        if is_gone:
            await notices_mail(site, {"account_id": person.id})
        else:
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
                await notices_mail(site, {"account_id": person.id})
    [(waits, in_room)] = [
        (row["mail"], row["in_room"])
        for row in await db.rows(
            "select mail, in_room from notifications where account_id = :id", id=person.id
        )
    ]
    assert (waits, in_room) == ((None, True) if is_gone else ("at_once", False))
