"""What every template keeps to: it compiles, says what it needs, speaks through the catalogue, and runs nothing."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from forum.notifications.rules import LABELS, MAILS, SUBJECT_OF, Mail, Subject
from forum.rendering import Renderer
from forum.settings import ROOT, Settings
from forum.text import SECRET

TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
PAGES = [name for name in NAMES if name.endswith(".html")]
# Macros; they are told what they need by their parameters.
LIBRARIES = {"_bars.html", "_forms.html", "_parts.html"}
FRAGMENTS = [name for name in PAGES if Path(name).name.startswith("_") and name not in LIBRARIES]

# Given to every page; a fragment gets none of them (see forum/web.py: page), only the locale.
LOCALE = {"locale", "is_easy"}
# What differs from reader to reader.
VIEWER = {"actor", "request", "viewer", "form", "notices", "unread", "waiting"}

INPUTS = re.compile(r"\{# inputs: (.*?)#\}", re.DOTALL)
IN_PARENTHESES = re.compile(r"\([^()]*\)")

JAPANESE = re.compile("[ぁ-ゖァ-ヺ一-鿿々]")
TRANSLATORS = {"_", "gettext", "ngettext", "_n"}
# A language is named in that language.
OWN_NAME = re.compile("(?:やさしい)?日本語")

INLINE = re.compile(
    r"""\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE
)
BARE = re.compile(r"&[A-Za-z]\w*(?![\w;])[^\s<]*")
# HTML that is not escaped: that of a post and of a preview comes out of the sanitiser, an excerpt out of forum/search.
UNESCAPED = re.compile(r"\{\{[^}]*\|\s*safe\b[^}]*\}\}")
REVIEWED = {
    "{{ post.html|safe }}",
    "{{ recap.html|safe }}",
    "{{ preview.html|safe }}",
    "{{ hit.excerpt|safe }}",
}


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(Settings(var_dir=tmp_path_factory.mktemp("var")))


@pytest.fixture(scope="module")
def parsed(renderer: Renderer) -> dict[str, nodes.Template]:
    return {name: renderer.environment.parse(_source(name)) for name in NAMES}


def test_they_compile(renderer: Renderer) -> None:
    for name in NAMES:
        renderer.environment.get_template(name)


def test_all_they_refer_to_exists(parsed: dict[str, nodes.Template]) -> None:
    referred = {(name, other) for name in NAMES for other in find_referenced_templates(parsed[name])}
    assert {(name, other) for name, other in referred if other not in NAMES} == set()


def test_a_fragment_uses_what_its_first_line_declares(
    renderer: Renderer, parsed: dict[str, nodes.Template]
) -> None:
    assert [name for name in FRAGMENTS if not _source(name).startswith("{# inputs: ")] == []
    undeclared = {name: _needs(renderer, parsed[name]) - LOCALE - _declared(name) for name in FRAGMENTS}
    assert {name: needed for name, needed in undeclared.items() if needed} == {}


def test_a_fragment_for_everyone_never_mentions_its_viewer(
    renderer: Renderer, parsed: dict[str, nodes.Template]
) -> None:
    for name in _rendered_for_everyone(parsed):
        included = [name, *_included(parsed, name)]
        assert not {used for part in included for used in _needs(renderer, parsed[part])} & VIEWER, name


def test_macros_are_made_once_and_not_for_every_page(parsed: dict[str, nodes.Template]) -> None:
    imports = (nodes.Import, nodes.FromImport)
    each = [(name, node) for name in NAMES for node in parsed[name].find_all(imports)]
    assert [name for name, node in each if node.with_context] == []


def test_every_japanese_sentence_is_translatable(parsed: dict[str, nodes.Template]) -> None:
    assert [(name, text) for name in NAMES for text in _untranslated(parsed[name])] == []


def test_nothing_is_inline_that_the_content_security_policy_forbids() -> None:
    assert [(name, found) for name in PAGES for found in INLINE.findall(_source(name))] == []


def test_an_ampersand_is_written_as_html_has_it() -> None:
    """In an address, above all: &copy=1 would lead to ©=1."""
    assert [(name, found) for name in PAGES for found in BARE.findall(_source(name))] == []


def test_no_password_and_no_code_comes_back_on_the_page_of_an_error() -> None:
    secrets = re.compile(r'field\("(\w+)"[^}]*(?:type="password"|autocomplete="one-time-code")')
    assert {name for page in PAGES for name in secrets.findall(_source(page))} == SECRET


def test_unescaped_html_comes_from_reviewed_places_only() -> None:
    assert {found for name in PAGES for found in UNESCAPED.findall(_source(name))} <= REVIEWED


def test_every_notice_has_a_subject_that_people_choose_by_name() -> None:
    """A kind without one could not be told."""
    assert {f"notifications/{kind}.txt" for kind in SUBJECT_OF} == {
        name for name in NAMES if name.startswith("notifications/") and name.endswith(".txt")
    }
    assert set(LABELS) == set(Subject)
    assert set(MAILS) == set(Mail)


@cache
def _source(name: str) -> str:
    return (TEMPLATES / name).read_text()


def _needs(renderer: Renderer, template: nodes.Template) -> set[str]:
    """The variables that a template must be given."""
    return find_undeclared_variables(template) - {*renderer.environment.globals}


def _declared(name: str) -> set[str]:
    """The names on the first line: `post (id, number), form; optional: unread` gives post, form, unread."""
    found = INPUTS.match(_source(name))
    assert found is not None
    text, shorter = found[1], ""
    while shorter != text:
        text, shorter = IN_PARENTHESES.sub("", text), text
    return {part.replace("optional:", "").split()[0] for part in re.split(r"[,;]", text) if part.strip()}


def _rendered_for_everyone(parsed: dict[str, nodes.Template]) -> set[str]:
    """Every template that some code or page hands to `fragment`."""
    sources = [path.read_text() for root in ("forum", "moderation") for path in (ROOT / root).rglob("*.py")]
    python = [ast.parse(source) for source in sources if "fragment(" in source]
    found = {*_named_by_python(python)}
    for name in PAGES:
        for call in parsed[name].find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "fragment":
                assert isinstance(call.args[0], nodes.Const)
                found.add(call.args[0].value)
    assert found
    return found


def _named_by_python(trees: Iterable[ast.Module]) -> Iterator[str]:
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called == "fragment":
                yield from (
                    arg.value
                    for arg in node.args
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )


def _included(parsed: dict[str, nodes.Template], name: str) -> Iterator[str]:
    for include in parsed[name].find_all(nodes.Include):
        if isinstance(include.template, nodes.Const):
            yield include.template.value
            yield from _included(parsed, include.template.value)


def _untranslated(node: nodes.Node, *, inside: bool = False) -> Iterator[str]:
    """Japanese text that no translator was given."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        inside = inside or node.node.name in TRANSLATORS
    text = node.data if isinstance(node, nodes.TemplateData) else getattr(node, "value", None)
    if isinstance(text, str) and JAPANESE.search(OWN_NAME.sub("", text)) and not inside:
        yield text
    for child in node.iter_child_nodes():
        yield from _untranslated(child, inside=inside)
