"""What an act changed, row by row: so it can be undone, and the history replayed from what was compiled.

Words of residents are not among it: an opinion is its place in its source and its hash.
"""

from collections.abc import Mapping
from typing import Any

# What a row holds; of a row that was changed, only the columns that were.
Row = dict[str, Any]
State = dict[str, dict[int, Row]]
# Table -> row -> [before, after]; None where it was not there yet, or is no longer. The keys of JSON are strings.
Changes = dict[str, dict[str, list[Row | None]]]

GROUPS, OPINIONS, HEADINGS = "opinion_groups", "opinions", "digests"
# The numbers of groups follow from their order: what others were renumbered by is nobody's act.
RENUMBERED = {GROUPS: {"position"}, OPINIONS: set[str](), HEADINGS: set[str]()}


def between(before: State, after: State) -> Changes:
    """What of one state is different in the other."""
    found: Changes = {}
    for table in after:
        old, new = before[table], after[table]
        rows = {
            str(id): pair(old.get(id), new.get(id)) for id in {**old, **new} if old.get(id) != new.get(id)
        }
        if rows:
            found[table] = rows
    return found


def pair(old: Row | None, new: Row | None) -> list[Row | None]:
    if old is None or new is None:
        return [old, new]
    names = [name for name in new if old[name] != new[name]]
    return [{name: row[name] for name in names} for row in (old, new)]


def backwards(changes: Changes) -> Changes:
    return {
        table: {id: [after, before] for id, (before, after) in rows.items()}
        for table, rows in changes.items()
    }


def fits(state: State, changes: Changes) -> bool:
    """Whether everything still is as it was before these changes; groups may have been renumbered."""
    return all(
        stands(state[table].get(int(id)), before, RENUMBERED[table])
        for table, rows in changes.items()
        for id, (before, _after) in rows.items()
    )


def stands(row: Row | None, expected: Row | None, but: set[str]) -> bool:
    if row is None or expected is None:
        return row is expected
    return all(row[name] == value for name, value in expected.items() if name not in but)


def applied(state: State, changes: Changes) -> State:
    """The state after these changes."""
    new = {table: dict(rows) for table, rows in state.items()}
    for table, rows in changes.items():
        for id, (_before, after) in rows.items():
            if after is None:
                new[table].pop(int(id), None)
            else:
                new[table][int(id)] = {**new[table].get(int(id), {}), **after}
    return new


def renamed(changes: Changes, names: Mapping[str, Mapping[int, int]]) -> Changes:
    """The same changes to the rows of another digest: table -> a row here -> the row there. New rows keep their names."""
    return {
        table: {
            str(names[table].get(int(id), int(id))): [row and renamed_row(row, names) for row in both]
            for id, both in rows.items()
        }
        for table, rows in changes.items()
    }


def renamed_row(row: Row, names: Mapping[str, Mapping[int, int]]) -> Row:
    where = {"group_id": names[GROUPS], "copy_of": names[OPINIONS]}
    return {name: where[name].get(value, value) if name in where else value for name, value in row.items()}
