"""The nginx configuration that we ship, running: on free ports, with a certificate of its own."""

import asyncio
import getpass
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from forum import clock
from forum.settings import ROOT
from tests.server import START_SECONDS, free_port

SHIPPED = ROOT / "docs" / "deploy" / "nginx.conf"
# Debian keeps it where only root looks.
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") or "nginx"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx: its address, its plain one, whom to trust, and the file that shows the page for repairs."""

    url: str
    plain_url: str
    trust: ssl.SSLContext
    maintenance: Path


@asynccontextmanager
async def proxying(folder: Path, ports: tuple[str, str], url_port: int) -> AsyncIterator[Proxy]:
    """nginx in front of two processes on this machine, for the length of the block."""
    plain_port = free_port()
    certificate, key = certificate_of(folder)
    changes = {
        "user www-data;": f"user {getpass.getuser()};",
        "/run/nginx.pid": str(folder / "nginx.pid"),
        "/var/log/nginx/error.log": str(folder / "error.log"),
        "http {": "http {" + "".join(f"{kind}_temp_path {folder}/{kind};" for kind in TEMPORARY),
        "worker_rlimit_nofile 65536;": "",
        "worker_connections 32768;": "worker_connections 512;",
        "worker_processes auto;": "worker_processes 2;",
        "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
        "/etc/letsencrypt/live/kaigishitsu.example.jp/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/kaigishitsu.example.jp/privkey.pem": str(key),
        "https://kaigishitsu.example.jp": f"https://localhost:{url_port}",
        "server_name kaigishitsu.example.jp": "server_name localhost",
        "listen [::]:": "# ",
        "listen 443 ": f"listen 127.0.0.1:{url_port} ",
        "listen 80 ": f"listen 127.0.0.1:{plain_port} ",
        "/etc/nginx/maintenance": str(folder / "maintenance"),
        "/srv/kaigishitsu": str(ROOT),
    }
    text = SHIPPED.read_text()
    for shipped, here in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    nginx = [NGINX, "-e", str(folder / "start.log"), "-c", str(configuration)]
    process = await asyncio.create_subprocess_exec(*nginx, "-g", "daemon off;")
    try:
        await _listening(process, url_port, folder / "start.log")
        yield Proxy(
            f"https://localhost:{url_port}",
            f"http://127.0.0.1:{plain_port}",
            ssl.create_default_context(cafile=certificate),
            folder / "maintenance",
        )
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listening(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    async with asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
    raise RuntimeError(f"nginx did not start:\n{log.read_text()}")


def certificate_of(folder: Path) -> tuple[Path, Path]:
    """For localhost, signed by itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = clock.now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
