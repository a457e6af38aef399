"""What a process shows is of its own release, whatever lies on the disk by then."""

import shutil
from pathlib import Path

import pytest

from forum import rendering
from forum.settings import Settings
from forum.templates import Compiled


@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_process_shows_the_templates_that_it_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_loaded: bool
) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(rendering.TEMPLATES / "mail", folder / "mail")
    monkeypatch.setattr(rendering, "TEMPLATES", folder)
    monkeypatch.setattr(rendering, "COMPILED", Compiled(tmp_path / "compiled"))
    renderer = rendering.Renderer(Settings(var_dir=tmp_path))
    if is_loaded:
        renderer.load()
    (folder / "mail" / "already_registered.txt").write_text("of another release")
    said = renderer.render("mail/already_registered.txt", {"pen_name": "はなこ", "link": "/"})
    assert ("of another release" not in said) is is_loaded
