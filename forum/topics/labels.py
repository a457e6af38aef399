"""Tags as they stand beside topics."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """A tag as it stands beside a topic."""

    slug: str
    name: str
    name_en: str


def labels(tagged: str) -> list[Label]:
    return [Label(*one) for one in json.loads(tagged)]
