"""Reasons that are given often, in words that every author understands: reasons.toml."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from forum.i18n import N_
from moderation.reviews.acts import MAY_CITE_A_RULE
from moderation.reviews.rules import Verdict

V = TypeVar("V", bound=Verdict)
REASONS = Path(__file__).with_name("reasons.toml")
LANGUAGES = {"ja": N_("日本語"), "plain": N_("やさしい日本語"), "en": N_("英語")}


class Canned(BaseModel):
    """What is said for a rule in each language."""

    rule: int
    ja: str
    plain: str
    en: str

    def said(self) -> dict[str, str]:
        return {"ja": self.ja, "plain": self.plain, "en": self.en}


class _File(BaseModel):
    reason: list[Canned]


@cache
def reasons() -> Sequence[Canned]:
    return _File.model_validate(tomllib.loads(REASONS.read_text())).reason


def choice(rule: int, language: str) -> str:
    """How a form names a reason."""
    return f"{rule}.{language}"


def completed(verdict: V, chosen: str) -> V:
    """A verdict that was sent with a chosen reason and no words of its own says the chosen ones."""
    if verdict.act not in MAY_CITE_A_RULE or verdict.reason:
        return verdict
    for one in reasons():
        for language, text in one.said().items():
            if choice(one.rule, language) == chosen:
                return verdict.model_copy(update={"reason": text, "rule": verdict.rule or one.rule})
    return verdict
