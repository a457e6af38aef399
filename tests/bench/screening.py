"""What hints cost beside making the HTML of the same post: `python -m tests.bench.screening`.

Texts of 500 characters with something personal in each, read in turn by every step, so that a busy machine slows all alike.
"""

import time
from collections.abc import Callable
from itertools import cycle, islice

from forum.markup import to_html
from forum.screening.copies import copies
from forum.screening.personal import personal_data
from forum.screening.screen import screen
from tests.forum.screening.generating import texts

LENGTH, TEXTS, ROUNDS, RECENT = 500, 40, 15, 200
PROSE = "野川沿いの緑を守りながら、車いすでも通れる道にしてほしいと思います。担当の田中さんに聞いたところ、工事は来年です。"


def bench() -> None:
    """Medians would show the machine's other work; the least of many rounds shows ours."""
    posts = _posts()
    steps: dict[str, Callable[[str], object]] = {
        "HTML": to_html,
        "what the author is asked": personal_data,
        "what moderators see": screen,
        f"copies among {RECENT}": lambda text: copies(text, islice(cycle(posts), RECENT)),
    }
    for step in steps.values():  # once for the dictionary and the caches
        step(posts[0])
    best = dict.fromkeys(steps, 0.0)
    for text in posts:
        least = dict.fromkeys(steps, float("inf"))
        for _ in range(ROUNDS):
            for name, step in steps.items():
                started = time.perf_counter()
                step(text)
                least[name] = min(least[name], time.perf_counter() - started)
        best = {name: best[name] + least[name] / len(posts) for name in steps}
    for name, seconds in best.items():
        print(f"{name:26} {seconds * 1000:7.3f} ms  x{seconds / best['HTML']:.2f}")  # noqa: T201


def _posts() -> list[str]:
    """Made sentences between ordinary ones, cut to one length."""
    sentences = cycle(texts())
    return [
        "\n".join(f"{PROSE}{sentence}" for sentence in islice(sentences, 8))[:LENGTH] for _ in range(TEXTS)
    ]


if __name__ == "__main__":
    bench()
