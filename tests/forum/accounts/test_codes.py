"""Codes of an authenticator app, as RFC 6238 and every app make them."""

import re
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from forum.accounts import codes
from forum.accounts.factors import Code
from forum.text import fold

# Appendix B of the RFC: seconds, and the last six of the eight digits there.
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
RFC_KEY = b32encode(b"12345678901234567890").decode()
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert codes.code_at(RFC_KEY, codes.step_of(moment)) == code
    assert codes.matching_step(RFC_KEY, code, moment) == seconds // 30


@given(shown=st.integers(-5, 5), after=st.integers(-5, 5))
def test_a_code_is_taken_about_its_time_and_after_the_last_one(shown: int, after: int) -> None:
    now = codes.step_of(NOON)
    found = codes.matching_step(RFC_KEY, codes.code_at(RFC_KEY, now + shown), NOON, after=now + after)
    assert found == (now + shown if abs(shown) <= 1 and shown > after else None)


@given(
    digits=st.from_regex("[0-9]{6}|[0-9]{12}", fullmatch=True),
    wide=st.booleans(),
    between=st.sampled_from(["", " ", "　", "-", "－", " - "]),
)
def test_a_code_is_read_in_whatever_width_and_groups_it_is_typed(
    digits: str, wide: bool, between: str
) -> None:
    groups = between.join(re.findall("..?.?", digits))
    typed = groups.translate({ord("0") + n: ord("０") + n for n in range(10)}) if wide else groups
    assert Code(code=typed).code == digits


@given(st.text().filter(lambda typed: not re.fullmatch(r"[\d\s-]*", fold(typed))))
def test_anything_else_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Code(code=typed)
    assert {error["type"] for error in refused.value.errors()} <= {"code", "missing"}


@pytest.mark.parametrize(
    "typed", ["", " ", "12345", "1234567", "1" * 11, "1" * 13, "１２３４５", "12a456", "٣٣٣٣٣٣"]
)
def test_a_code_has_six_digits_and_a_spare_one_twelve(typed: str) -> None:
    with pytest.raises(ValidationError):
        Code(code=typed)


def test_an_app_is_told_whose_key_it_is() -> None:
    key = codes.new_key()
    address = urlsplit(codes.app_address(key, holder="hake@example.jp", town="会議室（小金井市）"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/会議室（小金井市）:hake@example.jp"
    assert parse_qs(address.query) == {
        "digits": ["6"],
        "secret": [key],
        "algorithm": ["SHA1"],
        "issuer": ["会議室（小金井市）"],
        "period": ["30"],
    }


def test_no_two_keys_or_spare_codes_are_the_same() -> None:
    assert len({codes.new_key() for _ in range(100)}) == 100
    spare = [code for _ in range(10) for code in codes.new_spare_codes()]
    assert len({*spare}) == 100
    assert all(re.fullmatch("[0-9]{12}", code) for code in spare)
