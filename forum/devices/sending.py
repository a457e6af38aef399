"""Web push (RFC 8030, 8291, 8292): a message that only the device can read, posted to where its browser asked for it.

Such an address is whatever somebody says, so it is asked nothing but whether it took the message: over TLS, at an address
that was looked at first, for a few seconds, without following it anywhere.
"""

import asyncio
import base64
import re
import socket
import ssl
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from forum.devices.rules import Device, host_and_port, may_be_reached
from forum.settings import Settings

if TYPE_CHECKING:
    from webpush import WebPush

SECONDS_MAX = 10
ADDRESSES_MAX = 3
LINE_BYTES_MAX = 1000
STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")
# A device that is off hears of it within a day, or not this way.
KEPT_SECONDS = 24 * 60 * 60
# Messages are of one length, and say nothing by it.
MESSAGE_BYTES = 1000
GONE = frozenset({404, 410})


class Gone(Exception):
    """Nobody is there any more."""


class Undelivered(Exception):
    """It was not taken, and may be another time."""


def new_key() -> str:
    """The private key as the setting holds it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _written(number.to_bytes(32))


def public_key(settings: Settings) -> str | None:
    """What browsers are told about who will send; None where the town has no key and nothing is sent."""
    if settings.vapid_private_key is None:
        return None
    return _written(
        _pair(settings.vapid_private_key)
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )


async def send(settings: Settings, device: Device, message: str) -> None:
    """Raises Gone if the device wants no more, Undelivered if it may take it another time."""
    if device.sender_key != public_key(settings) or settings.vapid_private_key is None:
        raise Gone
    request = _request(settings.vapid_private_key, settings.mail_from, device, message)
    try:
        async with asyncio.timeout(SECONDS_MAX):
            status = await _ask(settings, device.endpoint, request)
    except (OSError, ValueError, EOFError, TimeoutError) as error:
        raise Undelivered(type(error).__name__) from None
    if status in GONE:
        raise Gone
    if not 200 <= status < 300:
        raise Undelivered(f"status {status}")


async def _ask(settings: Settings, endpoint: str, request: bytes) -> int:
    """The status of the answer, of the first address that has one."""
    host, port = host_and_port(endpoint)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    open_ones = [one for one in addresses if may_be_reached(one, settings.push_networks)]
    if not open_ones:
        raise Gone
    failure: OSError = OSError()
    for address in open_ones[:ADDRESSES_MAX]:
        try:
            return await _post(str(address), port, host, request)
        except OSError as error:
            failure = error
    raise failure


async def _post(address: str, port: int, host: str, request: bytes) -> int:
    """No more of the answer is read than its first line."""
    reader, writer = await asyncio.open_connection(
        address, port, ssl=trusted(), server_hostname=host, limit=LINE_BYTES_MAX
    )
    try:
        writer.write(request)
        await writer.drain()
        answer = STATUS.match(await reader.readline())
        if answer is None:
            raise ValueError("not an answer")
        return int(answer[1])
    finally:
        writer.transport.abort()


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those that the machine believes."""
    return ssl.create_default_context()


def _request(key: str, sender: str, device: Device, message: str) -> bytes:
    from webpush import WebPushSubscription

    subscription = WebPushSubscription.model_validate(
        {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    )
    sealed = _sealer(key, sender).get(message.encode().ljust(MESSAGE_BYTES), subscription)
    body: bytes = sealed.encrypted
    url = urlsplit(device.endpoint)
    target = url.path + (f"?{url.query}" if url.query else "")
    headers = {
        "Host": url.netloc,
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **sealed.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode() + body


@cache
def _sealer(key: str, sender: str) -> "WebPush":
    # Loaded for the first message: a start takes a twentieth less.
    from webpush import WebPush

    pair = _pair(key)
    return WebPush(
        private_key=pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        public_key=pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        subscriber=sender,
        ttl=KEPT_SECONDS,
    )


def _pair(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(base64.urlsafe_b64decode(key + "=")), ec.SECP256R1())


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
