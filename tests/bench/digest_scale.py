"""How long a proposal takes, how much memory, and how well it groups, as opinions become more: see docs/digest-quality.md.

`python -m tests.bench.digest_scale [COUNT …]`: 1,000, 10,000 and 100,000 opinions made of those in tests/opinions/, each
count in a process of its own.
"""
# ruff: noqa: T201

import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence

from forum.proof import digest
from moderation.digests.grouping import Passage, propose
from moderation.digests.progress import Progress, Stage, Told
from tests.bench.digest_quality import Labelled, score, town_plan

COUNTS = ("1000", "10000", "100000")
# Something is always said about somewhere: what makes one opinion differ from the next.
PLACES = [
    "北町",
    "南町",
    "東町",
    "西町",
    "本町",
    "桜町",
    "緑町",
    "中町",
    "前原町",
    "貫井",
    "坂下",
    "駅前",
    "上水沿い",
]
WHO = ["子育て中の者です。", "七十代です。", "学生です。", "店をしています。", "車いすを使っています。", ""]


def opinions(count: int, seed: int = 1) -> Labelled:
    """Each with the number of the text that it was made of.

    Some points are made by many people and most by few; one in twenty sends what somebody else has sent.
    """
    chance, given = random.Random(seed), town_plan()
    letters = sorted({letter for text in given.texts for letter in text if "一" <= letter <= "龥"})
    weights = [1 / rank for rank in range(1, len(given.texts) + 1)]
    words = ["".join(chance.sample(letters, 2)) for _word in range(count // 4 + 50)]
    found, made_of = list[str](), list[int]()
    while len(found) < count:
        if found and chance.random() < 0.05:
            again = chance.randrange(len(found))
            found.append(found[again])
            made_of.append(made_of[again])
            continue
        [number] = chance.choices(range(len(given.texts)), weights)
        page = f"P{chance.randint(1, 90)} " if chance.random() < 0.2 else ""
        said = [
            f"{chance.choice(PLACES)}では{chance.choice(words)}の{chance.choice(words)}が{chance.choice(words)}です。"
            for _sentence in range(chance.choice([1, 1, 2, 2, 3, 8]))
        ]
        found.append(f"{page}{chance.choice(WHO)}{''.join(said)}{given.texts[number]}")
        made_of.append(number)
    return Labelled(found, [str(number) for number in made_of])


def measure(count: int) -> None:
    said = opinions(count)
    passages = [Passage(at, text, digest([at, text])) for at, text in enumerate(said.texts)]
    progress, stages, start = Timed(), {}, time.process_time()
    began = time.monotonic()
    proposal = propose(passages, progress=progress)
    seconds = time.process_time() - start
    waited = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ends = [*[at for _stage, at in progress.begun[1:]], start + seconds]
    stages = {stage.name.lower(): end - at for (stage, at), end in zip(progress.begun, ends, strict=True)}
    largest = max(len(group.members) for group in proposal.groups)
    group_of = {at: number for number, group in enumerate(proposal.groups) for at in group.members}
    got = score(said.labels, [group_of[at] for at in range(count)])
    print(f"{count:>7} opinions: {waited:.1f} s, {seconds:.1f} s of one core, at most {peak:.0f} MB")
    print(
        f"        {len(proposal.groups)} groups, {largest} in the largest, {len(proposal.copies)} copies;",
        end=" ",
    )
    print(", ".join(f"{name} {took:.1f} s" for name, took in stages.items()), flush=True)
    print(f"        B-cubed {got.bcubed:.3f}, ARI {got.ari:.3f} against the texts that they were made of")
    print(f"        {proposal.manifest['output']}", flush=True)


class Timed(Progress):
    """Remembers when each stage began."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[Stage, float]] = []

    def of(self, stage: Stage) -> Told:
        self.begun.append((stage, time.process_time()))
        return super().of(stage)


def main(counts: Sequence[str]) -> None:
    if len(counts) == 1:
        return measure(int(counts[0]))
    for count in counts or COUNTS:
        subprocess.run([sys.executable, "-m", "tests.bench.digest_scale", count], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
