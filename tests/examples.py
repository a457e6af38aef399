"""How many examples of a property are tried, where that is another number than in the profile of every run."""

from hypothesis import settings


def examples(number: int) -> int:
    """So many in every run, and more of them in step with HYPOTHESIS_PROFILE=thorough."""
    return number * settings.default.max_examples // settings.get_profile("suite").max_examples
