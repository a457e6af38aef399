"""The mathematics of opinion maps, as Polis publishes them: pure functions on a matrix of people × points.

1 agrees, -1 disagrees, 0 cannot say, not-a-number has not answered. docs/opinion-map.md has the formulas, and how
far they agree with the reference conversations of Polis.
"""

from moderation.maps.maths.clustering import groups_of
from moderation.maps.maths.projecting import Space, Votes, counted, extremity, places, space_of
from moderation.maps.maths.representing import (
    Common,
    Numbers,
    Representative,
    Tally,
    common,
    group_aware_consensus,
    priorities,
    representatives,
    share,
    tally,
)

__all__ = [
    "Common",
    "Numbers",
    "Representative",
    "Space",
    "Tally",
    "Votes",
    "common",
    "counted",
    "extremity",
    "group_aware_consensus",
    "groups_of",
    "places",
    "priorities",
    "representatives",
    "share",
    "space_of",
    "tally",
]
