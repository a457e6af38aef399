"""The rules of this house that a linter does not know. Import directions are contracts in pyproject.toml."""

import ast
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("forum", "moderation", "realtime")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
SCRIPTS = sorted((ROOT / "forum" / "static").rglob("*.js"))

TOP_LEVEL = {
    *(".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "docs"),
    *("alembic.ini", "babel.cfg", "pyproject.toml", "requirements.lock", "requirements-dev.lock"),
    *("forum", "migrations", "moderation", "realtime", "templates", "tests"),
}
# A name that says nothing attracts everything.
NAMELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "service",
    "services",
    "base",
    "common",
}

MODULE_LINES_MAX = 250
LONG_MODULES = {
    "moderation/digests/splitting.py": "one table of patterns and the few functions that read it",
}
FUNCTION_LINES_MAX = 50
# What is shorter says what it does by its name and its body.
STATEMENTS_WITHOUT_DOCSTRING_MAX = 13

DATABASE_METHODS = {"rows", "row", "value", "run", "run_many", "record", "records", "each"}
SQL = re.compile(
    r"\s*(select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()", re.I
)
SQL_ELSEWHERE = {
    "forum/db.py": "is the database",
    "forum/health.py": "asks whether the database answers at all",
    "forum/jobs.py": "the queue's own table",
    "forum/migrating.py": "locks the schema while it changes",
    "realtime/broker/postgres.py": "listens, on a connection of its own",
    "realtime/broker/relay.py": "holds the lock of the one relay on that connection",
}
WRITES = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from)\s+([a-z_]+)\b(?:\s+as\s+\w+)?\s*(?:\(|set\b|where\b)", re.I
)

ENVIRONMENT = {"forum/postgres.py": "the library of the embedded server wants XDG_RUNTIME_DIR"}

JAPANESE = re.compile("[ぁ-ゖァ-ヺ一-鿿々]")
# Who may be given Japanese: the translators, and patterns, which nobody is shown.
TRANSLATORS = {"_", "N_", "_n", "compile"}
# Modules whose business is Japanese text itself; nothing of it is shown as it stands there.
LEXICONS = {
    "forum/__main__.py": "the name of the room above the list of commands",
    "forum/furigana.py": "how words and places are read",
    "forum/rendering.py": "how a date is written",
    "forum/zones.py": "how a moment is written",
    "forum/settings.py": "the name of the town is a setting",
    "forum/screening": "patterns of what people write",
    "forum/search/asking.py": "names of filters, as people type them",
    "moderation/digests": "patterns of what people write",
    "moderation/submissions": "headings of files that towns and people bring",
    "moderation/consultations/exports": "documents of a Japanese procedure",
}

# HTML from a string is made in one place, from what the server rendered.
HTML_FROM_STRINGS = re.compile(
    r"\b(?:eval|Function)\s*\(|\.(?:inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write"
)
REVIEWED_HTML = {("page.js", "template.innerHTML = html;")}


def test_the_top_level_is_what_the_architecture_says() -> None:
    ignored = {line.strip("/ ") for line in (ROOT / ".gitignore").read_text().splitlines()}
    found = {path.name for path in ROOT.iterdir()} - ignored - {".git"}
    _none(found - TOP_LEVEL)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a working copy")
def test_nothing_that_is_ignored_is_in_the_repository() -> None:
    listing = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    _none(subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines())


def test_every_module_is_named_after_what_it_holds() -> None:
    named = [path for package in (*PACKAGES, "templates", "tests") for path in (ROOT / package).rglob("*")]
    _none(_short(path) for path in named if path.stem in NAMELESS and path.suffix != ".html")


def test_modules_are_short() -> None:
    lengths = {_short(path): len(path.read_text().splitlines()) for path in MODULES}
    long = {name for name, n in lengths.items() if n > MODULE_LINES_MAX}
    _none(f"{name} has {lengths[name]} lines" for name in long - set(LONG_MODULES))


def test_functions_are_short() -> None:
    _none(
        f"{where} {node.name}"
        for where, node in _functions()
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    )


def test_what_is_not_self_evident_has_a_docstring() -> None:
    """Modules say what they hold; longer public functions what they mean."""
    _none(name for name in map(_short, MODULES) if _tree(name).body and not ast.get_docstring(_tree(name)))
    _none(
        f"{where} {node.name}"
        for where, node in _functions()
        if not node.name.startswith("_")
        and not ast.get_docstring(node)
        and sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1
        > STATEMENTS_WITHOUT_DOCSTRING_MAX
    )


def test_sql_stands_in_queries_only() -> None:
    elsewhere = [
        name for name in map(_short, MODULES) if not _is(name, "queries") and name not in SQL_ELSEWHERE
    ]
    _none(
        f"{name}:{node.lineno}"
        for name in elsewhere
        for node in _nodes(name)
        if _asks_the_database(node) or _is_sql(node)
    )


def test_every_table_is_written_by_one_slice() -> None:
    writers = defaultdict(set)
    for name in map(_short, MODULES):
        for text in _texts(name) if _is(name, "queries") else ():
            for table in WRITES.findall(text.value):
                writers[table.lower()].add(name.split("/queries")[0])
    _none(f"{table}: {sorted(slices)}" for table, slices in writers.items() if len(slices) > 1)


def test_facts_are_dated_by_our_clock() -> None:
    """SQL now() is the start of the transaction on another machine, and no story can be told with it."""
    _none(
        f"{name}:{text.lineno}"
        for name in map(_short, MODULES)
        for text in _texts(name)
        if re.search(r"\bnow\(\)|current_timestamp", text.value) and _is_sql(text)
    )


def test_the_database_is_told_how_large_a_number_may_be() -> None:
    """It takes a placeholder beside a plain number for an integer of four bytes, which no id need fit in."""
    beside = re.compile(r"(?<!:):\w+ (?:=|<>|<|>|<=|>=) \d|\b\d+ (?:=|<>|<|>|<=|>=) :\w")
    _none(
        f"{name}:{text.lineno}"
        for name in map(_short, MODULES)
        if _is(name, "queries")
        for text in _texts(name)
        if beside.search(text.value)
    )


def test_rules_never_wait() -> None:
    asynchronous = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
    _none(
        f"{name}:{node.lineno}"
        for name in map(_short, MODULES)
        if _is(name, "rules")
        for node in _nodes(name)
        if isinstance(node, asynchronous)
    )


def test_events_are_published_by_actions_only() -> None:
    _none(
        f"{name}:{node.lineno}"
        for name in map(_short, MODULES)
        # What a broker publishes is no event: nothing has changed.
        if not _is(name, "actions") and not name.startswith("realtime/")
        for node in _nodes(name)
        if isinstance(node, ast.Call) and _called(node) == "publish"
    )


def test_settings_alone_read_the_environment() -> None:
    _none(
        f"{name}:{node.lineno}"
        for name in map(_short, MODULES)
        if name not in ENVIRONMENT
        for node in _nodes(name)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    )


def test_middleware_is_plain_asgi() -> None:
    """Connections are bound to the task; BaseHTTPMiddleware runs the rest of the request in another one."""
    _none(_short(path) for path in MODULES if "BaseHTTPMiddleware" in path.read_text())


def test_migrations_follow_each_other() -> None:
    follows = re.compile(r'^down_revision = "?(\w+)"?$', re.M)
    migrations = (ROOT / "migrations" / "versions").glob("*.py")
    before = Counter(found for path in migrations for found in follows.findall(path.read_text()))
    _none(f"{before[number]} migrations follow {number}" for number in before if before[number] > 1)


def test_migrations_never_import_the_application() -> None:
    """They must still run when the code of their day is gone."""
    migrations = (ROOT / "migrations" / "versions").glob("*.py")
    ours = re.compile(rf"^\s*(?:from|import)\s+(?:{'|'.join(PACKAGES)})\b", re.MULTILINE)
    _none(path.name for path in migrations if ours.search(path.read_text()))


def test_every_japanese_sentence_of_the_code_is_translatable() -> None:
    _none(
        f"{name}:{node.lineno} {node.value!r}"
        for name in map(_short, MODULES)
        if not any(name == lexicon or name.startswith(f"{lexicon}/") for lexicon in LEXICONS)
        for node in _untranslated(_tree(name))
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_runs_text(script: Path) -> None:
    lines = [line.strip() for line in script.read_text().splitlines() if HTML_FROM_STRINGS.search(line)]
    _none(line for line in lines if (script.name, line) not in REVIEWED_HTML)


def test_no_test_mocks_our_own_code() -> None:
    """A constant may be made smaller, so that nobody waits; a function is never replaced."""
    mocks = re.compile(r"unittest\.mock|mocker|monkeypatch\.setattr\((?!\w+, \"[A-Z_]+\")")
    here = Path(__file__)
    _none(
        _short(path)
        for path in (ROOT / "tests").rglob("*.py")
        if path != here and mocks.search(path.read_text())
    )


def test_every_process_collects_the_same_tests_in_the_same_order() -> None:
    """A set has another order in each."""
    unordered = re.compile(r"parametrize\([^\[\n]+, (?:set\(|frozenset\(|\{)")
    here = Path(__file__)
    _none(
        _short(path)
        for path in (ROOT / "tests").rglob("*.py")
        if path != here and unordered.search(path.read_text())
    )


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _none(found: Iterable[str]) -> None:
    """Fails with every offence on a line of its own."""
    offences = sorted(found)
    assert not offences, "\n".join(["", *offences])


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text())


@cache
def _nodes(name: str) -> list[ast.AST]:
    return [*ast.walk(_tree(name))]


def _is(name: str, part: str) -> bool:
    """Whether the module is the `part` of its slice, or lies in the folder of that name."""
    return part in Path(name).with_suffix("").parts


def _functions() -> Iterator[tuple[str, Function]]:
    """Functions of modules and methods of classes; what is inside them is theirs."""
    for name in map(_short, MODULES):
        for node in _tree(name).body:
            for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(inner, Function):
                    yield name, inner


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _asks_the_database(node: ast.AST) -> bool:
    """`db.rows(…)`, `site.db.value(…)`, `database(request).run(…)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    name = _called(owner) if isinstance(owner, ast.Call) else getattr(owner, "attr", getattr(owner, "id", ""))
    return node.func.attr in DATABASE_METHODS and name.lstrip("_") in ("db", "database")


def _texts(name: str) -> list[Any]:
    """Its string constants."""
    return [node for node in _nodes(name) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _is_sql(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL.match(node.value))


def _untranslated(tree: ast.AST, *, inside: bool = False) -> Iterator[ast.Constant]:
    """String constants in Japanese that no translator was given; docstrings are not strings of the program."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and JAPANESE.search(child.value):
            if not inside:
                yield child
        else:
            given = isinstance(child, ast.Call) and _called(child) in TRANSLATORS
            yield from _untranslated(child, inside=inside or given)
