"""Every act on a post, and what it leads to: the table that `tests/moderation/reviews/test_transitions.py` executes and that
the random lives in the room are held against."""

from moderation.reviews.acts import Act

# What is decided about a post -> what it is then; `-` is refused. `returned`: held, and given back to its author.
#                        approve  return    hide    restore  dismiss
TRANSITIONS = """
held                     visible  returned  hidden  -        -
returned                 visible  -         hidden  -        -
visible                  -        -         hidden  -        -
reported                 -        -         hidden  -        visible
hidden                   -        -         -       visible  -
withdrawn                -        -         -       -        -
withdrawn and reported   -        -         -       -        withdrawn
"""
ACTS = (Act.APPROVE, Act.RETURN, Act.HIDE, Act.RESTORE, Act.DISMISS)


def _read() -> dict[tuple[str, Act], str]:
    rows = [(line[:24].strip(), line[24:].split()) for line in TRANSITIONS.strip("\n").splitlines()]
    return {
        (before, act): after
        for before, cells in rows
        for act, after in zip(ACTS, cells, strict=True)
        if after != "-"
    }


# Of what may be decided: the situation of the post, and the act.
LEADS_TO = _read()
