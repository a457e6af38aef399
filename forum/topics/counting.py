"""From ballots to places. Ranked ballots by Schulze's method, which needs no more than how many put one before another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """`counts`: for each option how many chose it, or put it first; `pairs`: for each option, in rows, how many put it before
    each other one, and nothing unless it is ranked; `places`: 1 for the first, equals alike."""

    ballots: int
    counts: list[int]
    pairs: list[int]
    places: list[int]


def tally(sheets: Iterable[tuple[Sequence[int], int]], options: int, *, ranked: bool) -> Tally:
    """The result of ballots, each with how many are the same. A ballot gives every option a rank from 1; 0: none."""
    counts, pairs, ballots = [0] * options, [0] * (options * options if ranked else 0), 0
    for ranks, times in sheets:
        ballots += times
        best = min((rank for rank in ranks if rank), default=0)
        for a in range(options):
            counts[a] += times if ranks[a] and (not ranked or ranks[a] == best) else 0
            for b in range(options if ranked else 0):
                pairs[a * options + b] += times if _before(ranks[a], ranks[b]) else 0
    return Tally(ballots, counts, pairs, places(counts, pairs))


def places(counts: Sequence[int], pairs: Sequence[int]) -> list[int]:
    """What a result says about the order; recomputed from what is published of it."""
    return shared(losses(counts, pairs))


def shared(order: Sequence[int]) -> list[int]:
    """Places in this order. Equals share one, and as many of the next are left out: 1, 1, 3."""
    return [1 + sum(other < own for other in order) for own in order]


def losses(counts: Sequence[int], pairs: Sequence[int]) -> list[int]:
    """To how many others each option loses."""
    options = range(len(counts))
    if not pairs:
        return [sum(other > count for other in counts) for count in counts]
    paths = _strongest_paths(pairs, len(counts))
    return [sum(paths[b][a] > paths[a][b] for b in options) for a in options]


def _before(rank: int, other: int) -> bool:
    """What has no rank comes after everything that has one."""
    return rank != 0 and (other == 0 or rank < other)


def _strongest_paths(pairs: Sequence[int], n: int) -> list[list[int]]:
    """For each two options, the weakest majority on the best way from one to the other."""
    won = [[pairs[a * n + b] for b in range(n)] for a in range(n)]
    paths = [[won[a][b] if won[a][b] > won[b][a] else 0 for b in range(n)] for a in range(n)]
    for middle in range(n):
        for a in range(n):
            for b in range(n):
                if a != b:
                    paths[a][b] = max(paths[a][b], min(paths[a][middle], paths[middle][b]))
    return paths
