"""Compiling what is too large to wait for, and asking models."""

from typing import Any

from forum.jobs import Handler
from forum.web import Site
from moderation.digests import actions
from moderation.digests.actions import suggesting
from moderation.provider import endpoint_of


async def compile_digest(site: Site, payload: dict[str, Any]) -> None:
    await actions.compile_in_background(site.db, int(payload["digest_id"]))


async def retake_digest(site: Site, payload: dict[str, Any]) -> None:
    await actions.retake_in_background(site.db, int(payload["digest_id"]), int(payload["account_id"]))


async def answer_suggestions(site: Site, payload: dict[str, Any]) -> None:
    await suggesting.answer(site.db, endpoint_of(site.settings), payload["suggestions"])


async def give_up_suggestions(site: Site, payload: dict[str, Any]) -> None:
    await suggesting.give_up(site.db)


JOBS: dict[str, Handler] = {
    "compile_digest": compile_digest,
    "retake_digest": retake_digest,
    "answer_suggestions": answer_suggestions,
}
HOURLY: dict[str, Handler] = {"give_up_suggestions": give_up_suggestions}
