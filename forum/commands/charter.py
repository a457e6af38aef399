"""`forum charter`: the rules of the room, out into a file and back in with an announcement."""

import json
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time

import typer
from pydantic import ValidationError

from forum.commands.context import opened_site
from forum.errors import Conflict
from forum.guides.queries import rule_versions
from forum.guides.rules import RuleVersion
from moderation.charters import actions, rules
from moderation.charters.rules import Charter, CharterText

HEAD = "# The rules of the room, as announced last. Reword them or add some; none may go. Then: forum charter announce\n"


async def written() -> str:
    """The newest rules as a file, ready to be reworded."""
    async with opened_site() as site:
        return HEAD + as_toml(rules.newest(await rule_versions(site.db)).values())


async def announce(content: bytes, day: date) -> None:
    """Announces the rules of a file, or says in one line why not and exits with 2."""
    try:
        charter = Charter.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except (ValidationError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    async with opened_site() as site:
        moment = datetime.combine(day, time(), site.renderer.zone)
        try:
            announced = await actions.announce(site.db, charter, moment)
        except Conflict as refusal:
            raise typer.BadParameter(refusal.reason) from refusal
        for number, version in announced:
            typer.echo(site.settings.link(f"/rules/{number}?version={version}"))


def as_toml(versions: Iterable[RuleVersion]) -> str:
    """The rules as charter.toml has them. A JSON string is a TOML string, too."""
    return "".join(
        "\n[[rule]]\n"
        + "".join(
            f"{name} = {json.dumps(getattr(rule, name), ensure_ascii=False)}\n"
            for name in CharterText.model_fields
        )
        for rule in versions
    )
