"""The rules of the demo's town, reworded once: announced, and in force since."""

from collections.abc import Sequence

from forum.commands.demo.reading import read
from forum.commands.demo.script import Ago, Scripted
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.guides.queries import rule_versions
from moderation.charters import actions
from moderation.charters.rules import Charter, CharterText, newest


class Edition(Scripted):
    """What was reworded, as it is worded since."""

    announced: Ago
    in_force: Ago
    rule: Sequence[CharterText]


def schedule(db: Database, timeline: Timeline) -> None:
    edition = read("charter", Edition)

    async def announce() -> None:
        """The whole charter, as a town announces it: what was not reworded stays."""
        texts = {
            rule.number: CharterText(**{name: getattr(rule, name) for name in CharterText.model_fields})
            for rule in newest(await rule_versions(db)).values()
        }
        texts |= {rule.number: rule for rule in edition.rule}
        await actions.announce(db, Charter(rule=[*texts.values()]), timeline.moment(edition.in_force))

    timeline.at(edition.announced, announce)
