"""Mail out: through the town's SMTP server, or into VAR_DIR/mail where there is none."""

from email.message import EmailMessage
from email.policy import Policy
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aiosmtplib
import structlog

from forum.settings import Settings

log = structlog.get_logger()
# What a mail server says of an address that is none (RFC 3463), and not of a server that is set up wrong.
BAD_ADDRESS = "5.1."


class NoSuchAddress(Exception):
    """Nobody has the address, or nobody any more."""


class Whole(str):
    """An address in a header, which stays on one line however long it is: Python would encode it."""

    def __new__(cls, name: str, value: str) -> "Whole":
        header = super().__new__(cls, value)
        header.name = name
        return header

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


async def send(
    settings: Settings,
    *,
    to: str,
    subject: str,
    text: str,
    unsubscribe: str | None = None,
    reply_to: str | None = None,
) -> None:
    """Sends one plain-text mail; mail programs offer the address `unsubscribe` as a button (RFC 8058). Raises NoSuchAddress, and
    what aiosmtplib raises; the job that calls this is then tried again."""
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, to
    # Somebody's words may stand in it, and a header takes no end of a line of any kind.
    message["Subject"] = " ".join(subject.splitlines())
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain=settings.address.host or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    if reply_to:
        message["Reply-To"] = reply_to
    if unsubscribe:
        message["List-Unsubscribe"] = Whole("List-Unsubscribe", f"<{unsubscribe}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    if settings.smtp_url:
        try:
            await _transmit(settings.smtp_url, message)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(one.message.startswith(BAD_ADDRESS) for one in refused.recipients):
                raise NoSuchAddress from refused
            raise
    else:
        _keep(settings, message)


async def _transmit(smtp_url: str, message: EmailMessage) -> None:
    url = urlsplit(smtp_url)
    await aiosmtplib.send(
        message,
        hostname=url.hostname,
        port=url.port,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=url.scheme == "smtps",
        # A server that speaks in the open, too, need not prove who it is, unless it is told a password.
        validate_certs=url.scheme == "smtps" or url.username is not None,
    )


def _keep(settings: Settings, message: EmailMessage) -> None:
    folder = settings.var_dir / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid4().hex}.eml"
    path.write_bytes(bytes(message))
    log.info("mail.kept", to=message["To"], subject=message["Subject"], path=str(path))
