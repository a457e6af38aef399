"""Compiling what is too large to wait for."""

from typing import Any

from forum.jobs import Handler
from forum.web import Site
from moderation.digests import actions


async def compile_digest(site: Site, payload: dict[str, Any]) -> None:
    await actions.compile_in_background(site.db, int(payload["digest_id"]))


async def retake_digest(site: Site, payload: dict[str, Any]) -> None:
    await actions.retake_in_background(site.db, int(payload["digest_id"]), int(payload["account_id"]))


JOBS: dict[str, Handler] = {"compile_digest": compile_digest, "retake_digest": retake_digest}
