"""Tests in several processes: what comes of each is told, and a process that dies is no success."""

from collections.abc import Callable
from functools import partial

import pytest

pytest_plugins = ["pytester"]


FILES = {
    "test_first": """
        import warnings

        def test_passes():
            warnings.warn("look out")

        def test_fails():
            print("what it printed")
            raise ValueError("why it failed")
    """,
    "test_second": """
        import pytest

        @pytest.fixture(scope="session")
        def town():
            yield "小金井"
            open("closed", "w").close()

        @pytest.mark.parametrize("number", range(3))
        def test_passes(town, number):
            pass

        def test_is_skipped():
            pytest.skip("why it is skipped")
    """,
    "test_third": """
        import os

        def test_dies():
            os._exit(0)

        def test_is_never_reached():
            pass
    """,
    "test_fourth": """
        import time

        def test_waits():
            time.sleep(60)
    """,
    # Every process but the first stands still until somebody waits for its end.
    "late": """
        import os, signal

        fork, waitpid, forked = os.fork, os.waitpid, []

        def fork_late():
            pid = fork()
            if not pid and forked:
                os.kill(os.getpid(), signal.SIGSTOP)
            elif pid and forked:
                waitpid(pid, os.WUNTRACED)
            forked.append(pid)
            return pid

        def wait(pid, options):
            os.kill(pid, signal.SIGCONT)
            return waitpid(pid, options)

        os.fork, os.waitpid = fork_late, wait
    """,
}


@pytest.fixture
def run(
    pytester: pytest.Pytester, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., pytest.RunResult]:
    """pytest in two processes, on files of this page."""
    monkeypatch.setenv("PYTHONPATH", f"{pytestconfig.rootpath}:{pytester.path}")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(**FILES)
    return partial(pytester.runpytest_subprocess, "-p", "tests.forking", "--processes", "2")


def test_everything_is_reported_as_if_one_process_had_run_it(
    run: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    result = run("test_first.py", "test_second.py")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=4, failed=1, skipped=1, warnings=1)
    result.stdout.fnmatch_lines(["*why it failed*", "*what it printed*", "*look out*"])
    assert (pytester.path / "closed").exists(), "what a process has made, it takes down"


def test_a_process_that_dies_is_no_success(run: Callable[..., pytest.RunResult]) -> None:
    result = run("test_second.py", "test_third.py")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(passed=3, skipped=1)
    result.stdout.fnmatch_lines(["*a process died in test_third.py::test_dies*"])


@pytest.mark.parametrize("others", [[], ["-p", "late"]], ids=["on time", "late"])
def test_the_first_failure_can_be_enough(run: Callable[..., pytest.RunResult], others: list[str]) -> None:
    """For processes that have not begun, too."""
    result = run("-x", *others, "test_first.py", "test_fourth.py")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, failed=1, warnings=1)
    result.stdout.no_fnmatch_line("*KeyboardInterrupt*")
