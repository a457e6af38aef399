"""The numbers that the mathematics of opinion maps depend on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parameters:
    """Polis' own values, and thresholds that protect people; they protect nobody by themselves. A map is drawn again with those
    that its manifest names: whichever it does not name was not yet there."""

    # Whoever answered fewer points is not counted, unless there are too few people.
    answers_needed: int = 7
    people_wanted: int = 15
    # People who stand close together are taken as one before groups are sought.
    bases_most: int = 100
    # Groups: 2 to min(groups_most, 2 + bases / bases_per_group).
    groups_most: int = 5
    bases_per_group: int = 12
    # One-sided 90 %.
    z: float = 1.2816
    # Points that represent a group, points of consensus on each side.
    points_most: int = 5
    # No division into groups in which some group has fewer people.
    smallest_group: int = 1
    # No figures of a group on a point to which fewer of it answered.
    fewest_answers: int = 0
    # No point unites where fewer people answered it.
    fewest_united: int = 0


POLIS = Parameters()
# What is published: no group of fewer than five, and nothing that fewer than three of a group said.
PRIVATE = Parameters(smallest_group=5, fewest_answers=3, fewest_united=5)
