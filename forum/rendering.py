"""Templates to text: one jinja environment, strict about names, in the language of the moment."""

import hashlib
from asyncio import to_thread
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_month_names
from jinja2 import FileSystemLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from forum.furigana import ruby
from forum.i18n import DEFAULT_LOCALE, EASY, _, _n, by_locale, current_locale, language
from forum.punctuation import Punctuation
from forum.settings import ROOT, Settings
from forum.templates import Compiled, Templates
from forum.tongues import marked
from forum.zones import current_zone, own_times, short, zone_name

# Posts and topic rows kept as HTML: about 2 kB each.
FRAGMENTS_KEPT = 4096
STATIC = Path(__file__).parent / "static"
TEMPLATES = ROOT / "templates"
COMPILED = Compiled(Path(__file__).parent / "__pycache__")


class Renderer:
    """The templates of this site; holds the few things of the settings that pages show."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.zone = ZoneInfo(settings.time_zone)
        self.environment = Templates(
            loader=FileSystemLoader(TEMPLATES),
            # Mail and notifications are plain text; whatever is put into a page is escaped there.
            autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", Punctuation],
            bytecode_cache=COMPILED,
            auto_reload=False,
            cache_size=-1,
        )
        # The language is read when a page is rendered, so one compiled template serves all of them.
        self.environment.install_gettext_callables(  # type: ignore[attr-defined]  # of its i18n extension
            _, lambda one, _many, n: _n(one, n), newstyle=True
        )
        self.environment.globals.update(
            _=_sentence,
            _n=_sentence_of,
            asset=asset,
            live_modules=live_modules,
            by_locale=by_locale,
            language=language,
            current_zone=current_zone,
            zone_name=zone_name,
            fragment=self.fragment,
            address=settings.link,
        )
        self._fragment = lru_cache(FRAGMENTS_KEPT)(self._render_fragment)
        self.environment.filters.update(
            when=self.when,
            deadline=self.deadline,
            day=self.day,
            weekday=self.weekday,
            minute=self.minute,
            month=self.month,
            span=self.span,
            year_month=self.year_month,
            person=person,
            naming=naming,
        )

    def load(self) -> None:
        """Every template, before somebody asks for it: during an upgrade those of the next release lie on the disk already."""
        for name in self.environment.list_templates():
            self.environment.get_template(name)

    def render(self, template: str, context: Mapping[str, object]) -> str:
        """The template as text. Fragments get only what their first line declares, never the viewer."""
        city = by_locale(self.settings.city, self.settings.city_en)
        return self.environment.get_template(template).render(
            city=city, locale=language(), is_easy=current_locale() == EASY, **context
        )

    async def own(self, html: str, *, has_furigana: bool) -> str:
        """A page, or a viewer-neutral piece of one, as its readers asked for it: with every time in the zone of the moment and
        the town's beside it, what is Japanese marked where the page is not, and where they want them, readings over kanji."""
        html = own_times(html, by_locale(self.settings.city, self.settings.city_en))
        html = html if language() == DEFAULT_LOCALE else marked(html)
        return await to_thread(ruby, html) if has_furigana else html

    def fragment(self, template: str, **inputs: Hashable) -> Markup:
        """A viewer-neutral piece of a page, rendered once for equal inputs and language."""
        return self._fragment(template, current_locale(), tuple(sorted(inputs.items())))

    def _render_fragment(
        self, template: str, locale: str, inputs: tuple[tuple[str, Hashable], ...]
    ) -> Markup:
        # The language is an argument because it is part of what the cache remembers.
        return Markup(self.render(template, dict(inputs)))  # noqa: S704  (a template escapes what it is given)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def when(self, moment: datetime) -> Markup:
        """A time element: exact for machines, short for people, in the town's zone; readers elsewhere get theirs on the way
        out."""
        exact = self.local(moment).isoformat(timespec="seconds")
        return Markup('<time datetime="{}">{}</time>').format(exact, short(moment, self.zone))

    def deadline(self, moment: datetime) -> Markup:
        """The same of a moment that counts for everybody: readers elsewhere see the town's time as well."""
        return Markup(str(self.when(moment)).replace('">', '" data-town>', 1))  # noqa: S704  (escaped above)

    def minute(self, moment: datetime | str) -> str:
        """The same in plain text, as mail has it; also of a moment as notifications keep it. A reader elsewhere gets their own
        time, with its zone."""
        moment, zone = datetime.fromisoformat(moment) if isinstance(moment, str) else moment, current_zone()
        return f"{short(moment, zone)}（{zone_name(zone)}）" if zone else short(moment, self.zone)

    def span(self, start: datetime, end: datetime | None) -> Markup:
        """From when until when something takes place in the town, by its clocks; of an end on the same day only the hour."""
        first = self.local(start)
        shown = self._there(first, short(start, self.zone))
        if end is None:
            return shown
        last = self.local(end)
        until = f"{last:%H:%M}" if first.date() == last.date() else short(end, self.zone)
        return shown + _("～") + self._there(last, until)

    def _there(self, moment: datetime, text: str) -> Markup:
        return Markup('<time data-place datetime="{}">{}</time>').format(
            moment.isoformat(timespec="seconds"), text
        )

    def year_month(self, moment: datetime) -> str:
        pattern = "y年M月" if language() == "ja" else "MMMM y"
        return str(format_datetime(self.local(moment), pattern, locale=language()))

    def weekday(self, day: date) -> str:
        """A date of the coming weeks, with its day of the week."""
        pattern = "M月d日（EEE）" if language() == "ja" else "EEE d MMM"
        return str(format_date(day, pattern, locale=language()))

    def month(self, number: int) -> str:
        """Of any year."""
        return str(get_month_names("wide", "stand-alone", language())[number])

    def day(self, moment: date | str) -> str:
        """A date, or the date of a moment in the town's zone; also of one as notifications keep it."""
        moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        day = self.local(moment).date() if isinstance(moment, datetime) else moment
        # In the order of `short`, where English alone has two.
        return str(format_date(day, "long" if language() == "ja" else "d MMMM y", locale=language()))


def person(name: str) -> Markup:
    """A name inside of other words: one of those that nobody can guess how to read."""
    return Markup('<span class="pen-name">{}</span>').format(name)


def naming(text: str, name: str) -> Markup:
    """A text with such a name in it, or none."""
    return escape(text).replace(escape(name), person(name)) if name else escape(text)


@pass_eval_context
def _sentence(context: EvalContext, message: str, **values: object) -> str:
    """What jinja's own `_` gives, without its two calls on the way: a page has a hundred of them."""
    text = _html(current_locale(), message) if context.autoescape else _(message)
    return text % values if values or "%" in text else text


@cache
def _html(locale: str, message: str) -> Markup:
    # The language is an argument because it is part of what the cache remembers.
    return Markup(_(message))  # noqa: S704  (the catalogue is ours; values are escaped as they are put in)


@pass_eval_context
def _sentence_of(context: EvalContext, message: str, n: int, **values: object) -> str:
    """The same of a sentence that says how many of something there are."""
    if not context.autoescape:
        return _n(message, n, **values)
    return Markup(_n(message, n, **{name: escape(value) for name, value in values.items()}))  # noqa: S704  (escaped)


@cache
def static_root() -> str:
    """Where the static files are: an address that changes with any of them, so that they can be cached for ever
    and find each other by relative addresses."""
    content = hashlib.sha256()
    for name in _static_files():
        content.update(f"{name}\0".encode() + (STATIC / name).read_bytes())
    return f"/static/{content.hexdigest()[:12]}/"


@cache
def asset(name: str) -> str:
    """The address of a static file."""
    if name not in _static_files():
        raise LookupError(f"no static file {name}")
    return static_root() + name


@cache
def live_modules() -> list[str]:
    """The parts of the live script, which a page asks for at once instead of one after the other."""
    return [name for name in _static_files() if name.startswith("live/")]


def _static_files() -> list[str]:
    return sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
