"""The signed link at the end of every mail that ends such mail with one click (RFC 8058), without logging in."""

from itsdangerous import BadSignature

from forum.errors import NotFound
from forum.i18n import _
from forum.notifications.rules import Subject
from forum.web import Site

PURPOSE = "unsubscribe"


def address(site: Site, account_id: int, subjects: list[Subject]) -> str:
    """Where the person ends mail about these subjects."""
    token = site.signer(PURPOSE).dumps([account_id, *subjects])
    return site.settings.link(f"/unsubscribe/{token if isinstance(token, str) else token.decode()}")


def opened(site: Site, token: str) -> tuple[int, list[Subject]]:
    """Whose mail about what a link ends, however old it is. Raises NotFound for one that is not ours."""
    try:
        account_id, *subjects = site.signer(PURPOSE).loads(token)
    except BadSignature as error:
        raise NotFound(
            _("このリンクは正しくありません。ログインして、お知らせの受け取り方を変えてください。")
        ) from error
    return account_id, [Subject(subject) for subject in subjects]
