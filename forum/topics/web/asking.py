"""Before words that may be personal data are published, their author is asked once, and nothing typed is lost."""

from pydantic import BaseModel
from starlette.requests import Request

from forum.errors import Invalid
from forum.screening.asking import Question, question
from forum.web import Form, read


class Consent(BaseModel):
    """The box that says: publish this. Its value names the passages that the person was shown."""

    public: str = ""


async def ask_first(request: Request, *texts: str, known: str = "") -> None:
    """Raises Invalid, with the question, unless the person has said yes to these very passages."""
    asked = question(*texts, known=known)
    if asked and (await read(request, Consent)).public != asked.answer:
        raise Invalid(public=asked.sentence)


def asked_in(form: Form | None, known: str = "") -> Question | None:
    """The question that belongs on the form, if it was asked."""
    if form is None or not (form.error("public") or form.value("public")):
        return None
    return question(form.value("title"), form.value("body"), known=known)
