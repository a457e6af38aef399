"""Putting the opinions of a digest where its script says, by the acts of the work bench."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forum.access import Actor
from forum.commands.demo import script
from forum.db import Database
from moderation.digests import actions
from moderation.digests.queries import digests, opinions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Description, Heading, Sorting


@dataclass(frozen=True)
class Mention:
    """Where the script puts an opinion: the one in the text `source` that contains `words`."""

    source: str
    words: str
    place: script.Group | script.SetAside
    quoted: bool = False

    @classmethod
    def of(cls, named: str, place: script.Group | script.SetAside, quoted: bool = False) -> "Mention":
        source, _, words = named.partition(" ")
        return cls(source, words, place, quoted)


def mentions(digest: script.Digest) -> list[Mention]:
    """Everything the script names, in its order."""
    found = []
    for group in digest.group:
        found += [Mention.of(named, group, quoted=True) for named in group.used]
        found += [Mention.of(named, group) for named in group.merged]
    for aside in digest.set_aside:
        found += [Mention.of(named, aside) for named in aside.members]
    return found


def placed(texts: Mapping[str, Sequence[Opinion]], named: Iterable[Mention]) -> dict[int, Mention]:
    """Each opinion with its mention; one that no words name goes where its neighbour before it went, unquoted."""
    by_source: dict[str, list[Mention]] = defaultdict(list)
    for mention in named:
        by_source[mention.source].append(mention)
    places: dict[int, Mention] = {}
    for source, spans in texts.items():
        told = [_first(by_source[source], span.text or "") for span in spans]
        last = next((mention for mention in told if mention), None)
        for span, found in zip(spans, told, strict=True):
            if last is None:
                break
            places[span.id] = found or Mention(source, "", last.place)
            last = found or last
    return places


def _first(named: Iterable[Mention], text: str) -> Mention | None:
    return next((mention for mention in named if mention.words in text), None)


class Bench:
    """The work bench of one digest, with one clerk at it."""

    def __init__(self, db: Database, actor: Actor, digest_id: int) -> None:
        self._db = db
        self._actor = actor
        self._digest_id = digest_id

    async def arrange(self, digest: script.Digest, sources: Mapping[str, tuple[str, int]]) -> None:
        """Does what the script says; `sources` says which post or submission each name stands for."""
        texts = await self._texts(sources)
        places = placed(texts, mentions(digest))
        if digest.published:
            await self._sort("bring_back", [span.id for spans in texts.values() for span in spans])
        for group in digest.group:
            await self._make(
                group, {number: found for number, found in places.items() if found.place is group}
            )
        for aside in digest.set_aside:
            set_aside = [number for number, found in places.items() if found.place is aside]
            await self._sort("set_aside", set_aside, reason=aside.reason)
        words = Heading(title=digest.title, summary=digest.summary, version=await self._version())
        await actions.head(self._db, self._actor, self._digest_id, words)

    async def _texts(self, sources: Mapping[str, tuple[str, int]]) -> dict[str, list[Opinion]]:
        names = {place: name for name, place in sources.items()}
        texts: dict[str, list[Opinion]] = defaultdict(list)
        for opinion in await opinions.all_of(self._db, self._digest_id):
            number = opinion.post_id or opinion.submission_id
            assert number is not None
            texts[names["post" if opinion.post_id else "submission", number]].append(opinion)
        for spans in texts.values():
            spans.sort(key=lambda span: span.start_at)
        return texts

    async def _make(self, group: script.Group, members: Mapping[int, Mention]) -> None:
        await self._sort("split", list(members), title=group.title)
        first = (await opinions.by_ids(self._db, self._digest_id, list(members)))[0]
        assert first.group_id is not None
        words = Description(title=group.title, summary=group.summary, version=await self._version())
        await actions.describe(self._db, self._actor, self._digest_id, first.group_id, words)
        quoted = [number for number, found in members.items() if found.quoted]
        await self._sort("quote", quoted)
        await self._sort("unquote", [number for number in members if number not in quoted])

    async def _sort(self, act: Any, numbers: Sequence[int], **words: str) -> None:
        if numbers:
            sorting = Sorting(act=act, opinions=list(numbers), version=await self._version(), **words)
            await actions.sort(self._db, self._actor, self._digest_id, sorting)

    async def _version(self) -> int:
        digest = await digests.digest(self._db, self._digest_id)
        assert digest is not None
        return digest.version
