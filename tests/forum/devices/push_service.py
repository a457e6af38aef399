"""A push service as browsers have one: takes messages over TLS for devices that can open them."""

import asyncio
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

TOMORROW = timedelta(days=1)


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """The device's half: a pair of keys, and a secret that the sender shares (RFC 8291)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), bytes(range(16))
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def form(self) -> dict[str, str]:
        """What it says when its owner agrees."""
        return {"endpoint": self.endpoint, "p256dh": encoded(self.point), "auth": encoded(self.auth)}

    def opened(self, body: bytes) -> str:
        """The message in an encrypted body of one record; raises InvalidTag for one that is not for this device."""
        salt, length, sealed = body[:16], body[20], body[21 + body[20] :]
        theirs = body[21 : 21 + length]
        secret = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        )
        shared = _derived(self.auth, secret, b"WebPush: info\0" + self.point + theirs, 32)
        key = _derived(salt, shared, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(salt, shared, b"Content-Encoding: nonce\0", 12)
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text.endswith(b"\x02"), "the last record ends so"
        return text[:-1].decode()


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class PushService:
    """Answers every message with `answer`, and keeps what it was sent."""

    def __init__(self) -> None:
        self.port = 0
        self.forget()

    def forget(self) -> None:
        """As before the first message."""
        self.answer = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
        self.paths: list[str] = []
        self.headers: dict[str, str] = {}
        self.body = b""

    def browser(self, name: str = "one") -> Browser:
        return Browser(f"https://localhost:{self.port}/push/{name}")

    def sender(self) -> dict[str, object]:
        """Who signed for the last message, and for whom; raises InvalidSignatureError if another did."""
        said = dict(
            part.strip().split("=", 1)
            for part in self.headers["authorization"].removeprefix("vapid ").split(",")
        )
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(said["k"]))
        claims: dict[str, object] = jwt.decode(said["t"], key, ["ES256"], audience="https://localhost")
        return claims | {"key": said["k"]}

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.paths.append(head[0].split()[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:-2])}
        self.body = await reader.readexactly(int(self.headers["content-length"]))
        writer.write(self.answer)
        if not self.answer:
            await reader.read()
        writer.close()


@asynccontextmanager
async def push_service(folder: Path) -> AsyncIterator[tuple[PushService, Path]]:
    """The service on this machine, and the file with the certificate that makes it believed."""
    certificate = folder / "push.pem"
    certificate.write_bytes(_certificate())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    service = PushService()
    server = await asyncio.start_server(service.take, "127.0.0.1", 0, ssl=context)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service, certificate
    finally:
        server.close()


def _certificate() -> bytes:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push")]),
    )
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - TOMORROW)
        .not_valid_after(datetime.now(UTC) + TOMORROW)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
