"""Codes of an authenticator app (TOTP, RFC 6238: six digits, others every half minute), and spare ones for when it is gone."""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
# A clock may be so many steps off, and a code is typed after it was read.
STEPS_OFF = 1
# RFC 4226 asks for 160 bits.
KEY_BYTES = 20
SPARE_CODES = 10
# Nobody guesses 40 bits at the pace that is allowed.
SPARE_DIGITS = 12


def new_key() -> str:
    """In base32, as apps show and take it."""
    return b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def new_spare_codes() -> list[str]:
    return [f"{secrets.randbelow(10**SPARE_DIGITS):0{SPARE_DIGITS}}" for _ in range(SPARE_CODES)]


def app_address(key: str, *, holder: str, town: str) -> str:
    """What an app reads from a QR code (otpauth://)."""
    return _app(key).get_provisioning_uri(holder, town)


def code_at(key: str, step: int) -> str:
    return _app(key).generate(step * STEP_SECONDS).decode()


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(key: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The step whose code this is, about now; none up to `after`, as a code works once."""
    about_now = range(step_of(now) - STEPS_OFF, step_of(now) + STEPS_OFF + 1)
    matching = [step for step in about_now if hmac.compare_digest(code_at(key, step), code)]
    return next((step for step in matching if step > after), None)


def _app(key: str) -> TOTP:
    # SHA-1 is what every app speaks; in HMAC it is not broken.
    return TOTP(b32decode(key), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
