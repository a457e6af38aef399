"""A letter becomes a post, by the same act as the form of the topic: held, slowed down or refused as that would be."""

from enum import StrEnum

from forum import clock
from forum.access import Actor
from forum.accounts import queries as accounts
from forum.accounts.factors import as_proven
from forum.accounts.rules import Account
from forum.db import Database
from forum.errors import Invalid, Refusal
from forum.i18n import _, in_locale
from forum.jobs import enqueue
from forum.notifications import reply_addresses
from forum.pace.actions import keep_pace
from forum.posts.queries import posts
from forum.posts.rules import Draft
from forum.replying import queries
from forum.replying.letters import Letter, new_words, opened
from forum.screening.personal import personal_data
from forum.settings import Settings
from forum.text import fold, visible
from forum.topics.actions import discussing
from forum.validating import validated


class Outcome(StrEnum):
    """`ignored`: nobody is answered, for whoever sent it is no resident of ours, a machine, or heard already."""

    POSTED = "posted"
    REFUSED = "refused"
    IGNORED = "ignored"


async def receive(db: Database, settings: Settings, raw: bytes) -> Outcome:
    """Takes in what a mail server hands over. Only the person to whom an address was mailed may use it, from where it was
    mailed to; they are told by mail why something was not posted, and get back what they wrote."""
    letter, now = opened(raw), clock.now()
    found = next(filter(None, (reply_addresses.opened(settings, to, now) for to in letter.recipients)), None)
    account = await accounts.account(db, found[0]) if found else None
    if found is None or account is None or letter.is_automatic or not _sent_by(account, letter):
        return Outcome.IGNORED
    async with db.transaction():
        await queries.forget(db, now - reply_addresses.LASTS)
        if not await queries.take(db, letter.digest, now):
            return Outcome.IGNORED
        with in_locale(account.locale):
            return await _answered(db, settings, account, found[1], letter)


def _sent_by(account: Account, letter: Letter) -> bool:
    """Whoever has left has no address, and neither has a letter from nobody."""
    return bool(letter.sender) and fold(letter.sender) == fold(account.email)


async def _answered(
    db: Database, settings: Settings, account: Account, post_id: int, letter: Letter
) -> Outcome:
    words = new_words(letter.text or "")
    try:
        actor = await accounts.actor(db, account.id)
        assert actor is not None
        await _post(db, as_proven(actor, is_required=settings.asks_second_factor), post_id, letter, words)
    except Refusal as refusal:
        said = _("メールでの返信を投稿できませんでした。") + "\n" + _reason(refusal)
        await _tell(db, account, post_id, said, words)
        return Outcome.REFUSED
    if letter.has_attachments:
        await _tell(db, account, post_id, _("返信を投稿しました。添付されたファイルは載せていません。"), "")
    return Outcome.POSTED


def _reason(refusal: Refusal) -> str:
    """What there is to say; of a topic that may not be read any more the room says nothing else."""
    if isinstance(refusal, Invalid):
        return "\n".join(refusal.fields.values())
    return refusal.reason or _("この話題は、いまは読めません。")


async def _post(db: Database, actor: Actor, post_id: int, letter: Letter, words: str) -> None:
    if letter.text is None:
        raise Invalid(body=_("文字だけのメール（テキスト形式）で送ってください。"))
    draft = validated(Draft, {"body": words, "reply_to_id": str(post_id)})
    if personal_data(draft.body):
        raise Invalid(
            body=_(
                "電話番号や住所のように見えるところがあります。会議室の画面から、確かめて投稿してください。"
            )
        )
    post = await posts.post(db, post_id)
    assert post is not None
    await _keep_pace(db, actor)
    async with db.attempt():  # whoever is refused is told so
        await discussing.reply(db, actor, post.topic_id, draft)


async def _keep_pace(db: Database, actor: Actor) -> None:
    """As for the form."""
    if not actor.is_staff:
        await keep_pace(db, "post" if actor.approved_posts else "post_new_member", actor.id)


async def _tell(db: Database, account: Account, post_id: int, sentence: str, words: str) -> None:
    """By mail, unless so much was told already that a machine must be at the other end."""
    try:
        await keep_pace(db, "mail", account.id)
    except Refusal:
        return
    said = {"account_id": account.id, "post_id": post_id, "sentence": sentence, "words": visible(words)}
    await enqueue(db, "letter_answer_mail", said)
