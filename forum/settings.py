"""What a town can set, all of it from the environment. README.md documents every field."""

import os
import secrets
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, AnyHttpUrl, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _known(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("no such zone; Asia/Tokyo is one")
    return zone


def _with_a_port_there_is(url: str) -> str:
    # Raises ValueError for one over 65,535.
    urlsplit(url).port  # noqa: B018
    return url


def _of_a_whole_site(url: AnyHttpUrl) -> AnyHttpUrl:
    """Pages lead to `/…`, so that a path before that would be lost."""
    if url.path not in (None, "/") or url.query or url.fragment:
        raise ValueError("a site has a name of its own, and nothing comes after it")
    return url


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """One immutable value, made at start and handed down; nothing else reads the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    var_dir: Path = Field(
        Path("var"),
        description="Everything the program writes: embedded database, secret key, pictures and files, mail.",
    )
    database_url: str | None = Field(
        None,
        pattern=r"^postgres(ql)?(\+asyncpg)?://",
        description="A PostgreSQL 15 or newer; without it an embedded server starts under VAR_DIR.",
    )
    broker_url: str | None = Field(
        None,
        pattern=r"^(redis|rediss|valkey|valkeys|unix)://",
        description="redis:// or valkey:// server that carries live updates between many processes; without it PostgreSQL does.",
    )
    secret_key: str | None = Field(
        None,
        min_length=32,
        description="Signs links and cookies, seals names and second factors; without it one is kept in VAR_DIR.",
    )
    public_url: Annotated[AnyHttpUrl, AfterValidator(_of_a_whole_site)] | None = Field(
        None,
        description="Where residents reach the site, if not at HOST and PORT; used in mail, and https makes cookies Secure.",
    )
    trusted_proxies: Networks = Field(
        (), description="Networks whose X-Forwarded-For is believed, separated by commas."
    )
    metrics_networks: Networks = Field(
        "127.0.0.0/8,::1",
        validate_default=True,
        description="Networks that may read `/metrics`, separated by commas; to others there is no such page.",
    )
    sockets_per_address: int = Field(
        200,
        ge=1,
        description="Live connections that one network address may hold; a school may share one.",
    )
    files_bucket: str | None = Field(
        None,
        description="Bucket of an S3-compatible store that keeps pictures and files; without it they lie in VAR_DIR/files.",
    )
    s3_endpoint: AnyHttpUrl | None = Field(None, description="Address of that store, if it is not Amazon's.")
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_access_key: str | None = Field(None, description="Key with which the bucket is read and written.")
    s3_secret_key: str | None = Field(None, description="The secret that belongs to the key.")
    smtp_url: Annotated[str, AfterValidator(_with_a_port_there_is)] | None = Field(
        None,
        pattern=r"^smtps?://([^/@]*@)?([\w.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?/?$",
        description="smtp:// or smtps:// server for mail; without it mail is written to VAR_DIR/mail.",
    )
    mail_from: str = Field(
        "noreply@localhost",
        pattern=r"^([^<>@]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$",
        description="Sender of every mail.",
    )
    mail_reply_to: str | None = Field(
        None,
        pattern=r"^[\w.-]{1,20}@[\w.-]+$",
        description="Address for replies by mail; the mail server hands what comes for it with a `+` to `forum mail receive`.",
    )
    vapid_private_key: str | None = Field(
        None,
        pattern=r"^[\w-]{43}$",
        description="Key that signs notices to devices (web push), made by `forum push keys`; without it there are none.",
    )
    push_networks: Networks = Field(
        (),
        description="Networks of push services inside the town, separated by commas; all others must be on the internet.",
    )
    city: str = Field("小金井市", description="Name of the town, as shown.")
    city_en: str = Field("Koganei", description="Name of the town, as shown in English.")
    time_zone: Annotated[str, AfterValidator(_known)] = Field(
        "Asia/Tokyo",
        description="Zone of the town: in which times are shown, unless an account chose another, and dates are read.",
    )
    names_kept_days: int = Field(
        365,
        ge=1,
        le=36500,
        description="Days from the end of a public comment, or the decision on a rights request, until names are deleted.",
    )
    theme_supporters: int = Field(
        5,
        ge=2,
        description="How many residents, its author among them, begin a theme that somebody proposes.",
    )
    model_url: AnyHttpUrl | None = Field(
        None,
        description="Base address (`…/v1`) of a server that speaks OpenAI's protocol; without it no model is ever asked.",
    )
    model_key: str | None = Field(
        None, pattern=r"^[!-~]+$", description="Key for that server, if it wants one."
    )
    model_text: str | None = Field(
        None, description="Model there that suggests names and summaries of groups; without it none does."
    )
    model_embeddings: str | None = Field(
        None, description="Model there that compares what groups mean (embeddings); without it none does."
    )
    model_seconds: int = Field(60, ge=1, le=600, description="How long an answer of that server may take.")
    second_factor: Literal["offered", "required"] = Field(
        "offered",
        description="`required`: whoever moderates, works for the city or administers has that office only once "
        "logging in takes a code of an app besides the password.",
    )
    worker: bool = Field(True, description="Whether `forum serve` also runs the background jobs.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")

    @property
    def address(self) -> AnyHttpUrl:
        """Where the site is reached."""
        return self.public_url or AnyHttpUrl(f"http://{self.host}:{self.port}")

    @property
    def served_over_https(self) -> bool:
        return self.address.scheme == "https"

    @property
    def asks_second_factor(self) -> bool:
        """Of whoever has an office."""
        return self.second_factor == "required"

    def link(self, path: str) -> str:
        """The absolute address of a path of this site."""
        return str(self.address).rstrip("/") + path

    def secret(self) -> str:
        """The secret key: the one set, or one made at first use and kept in VAR_DIR, readable by its owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.var_dir / "secret.key"
        if not path.exists():
            self.var_dir.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and the first of several processes wins."""
    with NamedTemporaryFile("w", dir=path.parent) as file:
        file.write(text)
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)
