"""What is told to whoever answers by mail."""

from typing import Any

from forum import mail
from forum.accounts.queries import account
from forum.i18n import _, in_locale
from forum.jobs import Handler
from forum.web import Site


async def letter_answer_mail(site: Site, payload: dict[str, Any]) -> None:
    """Why a letter was not posted, with all that was written in it."""
    receiver = await account(site.db, payload["account_id"])
    if receiver is None or receiver.left_at:
        return
    with in_locale(receiver.locale):
        said = {
            "pen_name": receiver.pen_name,
            "sentence": payload["sentence"],
            "words": payload["words"],
            "link": site.settings.link(f"/posts/{payload['post_id']}"),
        }
        text = site.renderer.render("mail/letter_answer.txt", said)
        await mail.send(site.settings, to=receiver.email, subject=_("メールでの返信について"), text=text)


JOBS: dict[str, Handler] = {"letter_answer_mail": letter_answer_mail}
