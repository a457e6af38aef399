"""Devices on which somebody hears of notices: what a browser may ask for, and where messages may go."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling
from forum.i18n import N_, _

# A phone, a tablet, two computers, and as many browsers again; the oldest makes room.
DEVICES_MAX = 10
# An endpoint that answers nothing for so long has gone without saying so.
FAILS_AT_MOST = timedelta(days=3)
# Letters of an address as they stand on the wire: nothing that ends a line or a header.
ENDPOINT = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/[!-~]*", re.IGNORECASE | re.ASCII
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
# Where IPv6 has addresses of the internet at all; in it, two ways of wrapping an IPv4 address that nobody needs any more.
GLOBAL_UNICAST = IPv6Network("2000::/3")
WRAPPED = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
# How a machine without IPv4 reaches it (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that asked for notices. `name` is what it says of itself."""

    id: int
    account_id: int
    session: bytes
    name: str
    endpoint: str
    p256dh: str
    auth: str
    sender_key: str
    created_at: datetime
    failing_since: datetime | None


def _endpoint(value: str) -> str:
    if not ENDPOINT.fullmatch(value) or int(value.split("/")[2].partition(":")[2] or 443) > 65535:
        raise _not_a_browsers()
    return value


def _point(value: str) -> str:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(value))
    except ValueError as error:
        raise _not_a_browsers() from error
    return value


def _secret(value: str) -> str:
    if len(_bytes(value)) != 16:
        raise _not_a_browsers()
    return value


def _bytes(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def _not_a_browsers() -> PydanticCustomError:
    return PydanticCustomError(
        "push", N_("ブラウザーからの登録を読み取れませんでした。もう一度お試しください。")
    )


Encoded = Annotated[str, Field(pattern=r"^[\w-]*$", max_length=100)]


class Subscription(BaseModel):
    """What a browser says when it agrees: where messages go, and with what only it can read them."""

    endpoint: Annotated[str, Field(max_length=1000), AfterValidator(_endpoint)]
    p256dh: Annotated[Encoded, AfterValidator(_point)]
    auth: Annotated[Encoded, AfterValidator(_secret)]


def can_add_device(actor: Actor) -> Ruling:
    """Also whoever is suspended: decisions and their appeal are told to them."""
    if actor.is_guest:
        return Ruling(_("ログインしてください。"))
    if not actor.confirmed:
        return Ruling(_("届いたメールのリンクを開いて、メールアドレスを確認してください。"))
    return ALLOWED


def host_and_port(endpoint: str) -> tuple[str, int]:
    url = urlsplit(endpoint)
    return url.hostname or "", url.port or 443


def may_be_reached(address: Address, own: Iterable[Network]) -> bool:
    """Whether messages may go there: to the internet, and to networks that the town names; never to what else is inside."""
    if any(address in network for network in own):
        return True
    if isinstance(address, IPv6Address):
        if inner := _translated(address):
            return may_be_reached(inner, own)
        if address not in GLOBAL_UNICAST or any(address in network for network in WRAPPED):
            return False
    return address.is_global and not address.is_multicast


def _translated(address: IPv6Address) -> IPv4Address | None:
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


# The first that a browser names is what it is; what comes later, it only resembles.
BROWSERS = {
    "Edg": "Edge",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def device_name(user_agent: str) -> str:
    """What its owner knows the device by: "Chrome (Android)"."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return f"{browser} ({system})" if browser and system else browser or system
