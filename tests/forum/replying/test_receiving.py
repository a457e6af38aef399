"""A notice goes out through a real SMTP server, its answer comes back through one, and becomes a post or is told why not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage

import aiosmtplib
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.accounts.actions import change_role, leaving
from forum.db import Database
from forum.notifications import reply_addresses
from forum.notifications.jobs import notices_mail
from forum.posts.queries import posts
from forum.posts.rules import Post, State
from forum.replying.actions import Outcome, receive
from forum.replying.jobs import letter_answer_mail
from forum.settings import Settings
from forum.site import make_site
from forum.topics.actions import steering
from tests import judging
from tests.factories import a_moderator, a_newcomer, a_post, a_section, a_topic, an_account
from tests.forum.test_mail import Town, listening, next_mail


class Correspondence:
    """A resident, whom somebody answered, and the mail servers between them and the room."""

    def __init__(
        self, db: Database, settings: Settings, town: Town, hana: Actor, email: str, answer: Post
    ) -> None:
        self.db, self.settings, self.town = db, settings, town
        self.hana, self.email, self.answer = hana, email, answer

    async def notice(self) -> EmailMessage:
        """The mail that tells of the answer."""
        await notices_mail(make_site(self.settings, self.db), {"account_id": self.hana.id})
        return await next_mail(self.town)

    async def sends(
        self, body: str, *, to: str = "", by: str = "", files: int = 0, **headers: str
    ) -> Outcome:
        """A letter, through the mail server, as `forum mail receive` is handed it."""
        address = reply_addresses.reply_address(self.settings, self.hana.id or 0, self.answer.id, clock.now())
        message = EmailMessage()
        message["From"], message["To"] = by or self.email, to or address
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        for n in range(files):
            message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=f"{n}.pdf")
        host, port = (self.settings.smtp_url or "").removeprefix("smtp://").split(":")
        await aiosmtplib.send(message, hostname=host, port=int(port))
        await next_mail(self.town)
        return await receive(self.db, self.settings, self.town.sent)

    async def last(self) -> Post:
        """The newest post of the topic."""
        newest = await self.db.value(
            "select max(id) from posts where topic_id = :topic_id", topic_id=self.answer.topic_id
        )
        found = await posts.post(self.db, newest)
        assert found is not None
        return found

    async def told(self) -> list[dict[str, object]]:
        """What is to be told to the person by mail."""
        rows = await self.db.rows(
            """
            select cast(convert_from(payload, 'utf8') as jsonb) as said
            from pgqueuer where entrypoint = 'letter_answer_mail' order by id
            """
        )
        return [row["said"] for row in rows]


@pytest.fixture
async def post_box(db: Database, settings: Settings) -> AsyncIterator[Correspondence]:
    town = Town()
    async with listening(town) as address:
        settings = settings.model_copy(
            update={"smtp_url": f"smtp://{address}", "mail_reply_to": "reply@kaigi.example.jp"}
        )
        hana = await an_account(db)
        email = await db.value("select email from accounts where id = :id", id=hana.id)
        question = await a_topic(db, hana)
        answer = await a_post(db, topic=question, reply_to_id=question.id, body="なぜですか。")
        yield Correspondence(db, settings, town, hana, email, answer)


async def test_an_answer_by_mail_is_a_reply_in_the_topic(post_box: Correspondence) -> None:
    notice = await post_box.notice()
    assert len(notice["Reply-To"].split("@")[0]) <= 64
    quoted = "\n".join(f"> {line}" for line in notice.get_content().splitlines())
    body = f"蛍がいるからです。\n\n2026年4月1日(水) 9:00 小金井市 <{notice['Reply-To']}>:\n{quoted}\n"
    headers = {
        "Message_ID": "<1@example.jp>",
        "to": notice["Reply-To"].upper(),
        "by": f"花 <{post_box.email}>",
    }
    assert await post_box.sends(body, **headers) is Outcome.POSTED
    last = await post_box.last()
    shown = await posts.view(post_box.db, last.id)
    assert shown is not None
    assert (last.raw, last.author_id, last.state) == ("蛍がいるからです。", post_box.hana.id, "visible")
    assert shown.reply_to_id == post_box.answer.id
    # The mail server was in doubt, and delivers it again.
    assert await post_box.sends(body, **headers) is Outcome.IGNORED
    assert (await post_box.last()).id == last.id
    assert await post_box.told() == []


async def test_strangers_machines_and_forged_or_old_addresses_are_left_out(post_box: Correspondence) -> None:
    settings, answer = post_box.settings, post_box.answer
    good = reply_addresses.reply_address(settings, post_box.hana.id or 0, answer.id, clock.now()) or ""
    old = reply_addresses.reply_address(
        settings, post_box.hana.id or 0, answer.id, clock.now() - timedelta(days=32)
    )
    other = await an_account(post_box.db)
    theirs = reply_addresses.reply_address(settings, other.id or 0, answer.id, clock.now())
    forged = good.replace("+a", "+b") if "+a" in good else "reply+a" + good[7:]
    for to in (old, theirs, forged, "reply@kaigi.example.jp", "reply+abc@kaigi.example.jp"):
        assert await post_box.sends("書けないはず", to=to or "") is Outcome.IGNORED
    assert await post_box.sends("書けないはず", by="stranger@example.jp") is Outcome.IGNORED
    assert await post_box.sends("不在です。", Auto_Submitted="auto-replied") is Outcome.IGNORED
    assert (await post_box.last()).id == answer.id
    assert await post_box.told() == []


async def test_what_cannot_be_posted_is_told_once_with_what_was_written(post_box: Correspondence) -> None:
    for body, reason in (
        ("電話は 042-000-1234 です。", "会議室の画面から"),
        ("> 引用だけ", "入力してください。"),
        ("長" * 5000, "4000文字"),
    ):
        assert await post_box.sends(body) is Outcome.REFUSED
        assert reason in str((await post_box.told())[-1]["sentence"])
    await letter_answer_mail(make_site(post_box.settings, post_box.db), (await post_box.told())[0])
    mail = await next_mail(post_box.town)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "電話は 042-000-1234 です。" in mail.get_content()
    # A machine that answers our answers is heard no more.
    assert await post_box.sends("") is Outcome.REFUSED
    assert len(await post_box.told()) == 3
    assert (await post_box.last()).id == post_box.answer.id


async def test_a_letter_is_held_and_refused_as_the_form_would(post_box: Correspondence) -> None:
    assert await post_box.sends("地図を付けます。", files=1) is Outcome.POSTED
    assert "添付されたファイルは載せていません" in str((await post_box.told())[-1]["sentence"])
    newcomer = await a_newcomer(post_box.db)
    post_box.hana, post_box.email = (
        newcomer,
        await post_box.db.value("select email from accounts where id = :id", id=newcomer.id),
    )
    assert await post_box.sends("はじめまして。") is Outcome.POSTED
    assert (await post_box.last()).state == State.HELD
    await steering.lock(post_box.db, await a_moderator(post_box.db), post_box.answer.topic_id)
    assert await post_box.sends("もう一つ。") is Outcome.REFUSED
    assert "受付は終わりました" in str((await post_box.told())[-1]["sentence"])


async def test_whoever_may_not_read_the_topic_any_more_is_told_so(post_box: Correspondence) -> None:
    await post_box.db.run("update boards set kind = 'staff'")
    assert await post_box.sends("まだ書けますか。") is Outcome.REFUSED
    [told] = await post_box.told()
    assert str(told["sentence"]).endswith("。\nこの話題は、いまは読めません。")


async def test_a_notice_of_words_that_were_hidden_cannot_be_answered(post_box: Correspondence) -> None:
    db = post_box.db
    await judging.hide(db, await a_moderator(db), post_box.answer.id)
    notice = await post_box.notice()
    assert notice["Reply-To"] is None
    assert "返信は、この線より上に" not in notice.get_content()


def address(post_box: Correspondence) -> str:
    return (
        reply_addresses.reply_address(
            post_box.settings, post_box.hana.id or 0, post_box.answer.id, clock.now()
        )
        or ""
    )


async def test_whoever_has_left_is_neither_heard_nor_answered(post_box: Correspondence) -> None:
    db, settings = post_box.db, post_box.settings
    assert await post_box.sends("") is Outcome.REFUSED
    async with db.transaction():
        await leaving.leave(db, post_box.hana.id or 0)
    sent = post_box.town.sent
    await letter_answer_mail(make_site(settings, db), (await post_box.told())[0])
    assert post_box.town.sent is sent
    for sender in ("", "From: a@example.jp\r\nFrom: b@example.jp\r\n"):
        raw = f"{sender}To: {address(post_box)}\r\n\r\nまだいます。".encode()
        assert await receive(db, settings, raw) is Outcome.IGNORED
    assert len(await post_box.told()) == 1


async def test_letters_that_are_none_come_back_as_what_can_be_shown(post_box: Correspondence) -> None:
    head = f"From: {post_box.email}\r\nTo: {address(post_box)}\r\n"
    raw = f"{head}Content-Type: text/plain; charset=unicode_escape\r\n\r\nmizu \\ud800\\x00".encode()
    assert await receive(post_box.db, post_box.settings, raw) is Outcome.REFUSED
    (told,) = await post_box.told()
    await letter_answer_mail(make_site(post_box.settings, post_box.db), told)
    assert "mizu \ufffd\ufffd" in (await next_mail(post_box.town)).get_content()


async def test_under_the_name_of_an_office_that_waits_for_a_second_factor_nobody_answers(
    post_box: Correspondence,
) -> None:
    await change_role(post_box.db, post_box.hana.id or 0, Role.STAFF, await a_section(post_box.db))
    post_box.settings = post_box.settings.model_copy(update={"second_factor": "required"})
    assert await post_box.sends("市の考えです。") is Outcome.REFUSED
    assert (await post_box.last()).id == post_box.answer.id
    [told] = await post_box.told()
    assert "二要素認証" in str(told["sentence"])
    assert "市の考えです。" in str(told["words"])
    post_box.settings = post_box.settings.model_copy(update={"second_factor": "offered"})
    assert await post_box.sends("市の考えです。", Message_ID="<2@example.jp>") is Outcome.POSTED
