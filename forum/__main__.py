"""`python -m forum`: every command of the meeting room."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from forum.commands import garbage
from forum.commands.admin_options import NUMBER, admin
from forum.commands.environment import settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="IT市民会議室")
app.pretty_exceptions_enable = False  # which puts a traceback into a box, and that into the log
app.add_typer(admin, name="admin")
charter = typer.Typer(no_args_is_help=True, help="The rules of the room.")
app.add_typer(charter, name="charter")
digest = typer.Typer(no_args_is_help=True, help="Digests of opinions.")
app.add_typer(digest, name="digest")
mail = typer.Typer(no_args_is_help=True, help="Replies by mail.")
app.add_typer(mail, name="mail")
push = typer.Typer(no_args_is_help=True, help="Notices on devices.")
app.add_typer(push, name="push")


@app.command()
def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with a believable town.")
    ] = False,
) -> None:
    """Serve the site (HOST, PORT, VAR_DIR, DATABASE_URL and others from the environment)."""
    from forum.commands.serve import serve as run

    run(settings(), with_demo=demo)


@app.command()
def worker() -> None:
    """Run the background jobs alone, beside web servers with WORKER=false."""
    from forum.commands.worker import work

    asyncio.run(work(settings()))


@app.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    from forum.commands.context import opened_site

    async def run() -> None:
        async with opened_site():
            typer.echo("The database is up to date.")

    asyncio.run(run())


@app.command()
def verify() -> None:
    """Recompute every hash, number and reference; exit with 1 if something does not match."""
    from forum.commands.verify import verify as run

    raise typer.Exit(not asyncio.run(run()))


@app.command()
def backup(folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)]) -> None:
    """Write the database, the pictures and files, and the secret key into a folder."""
    from forum.commands.backup import backup as run

    run(settings(), folder)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="As written by `backup`.")],
) -> None:
    """Fill an empty database from a backup, and verify it; exit with 1 if something does not match."""
    from forum.commands.backup import restore as run

    raise typer.Exit(not asyncio.run(run(settings(), folder)))


@app.command("import")
def import_(
    consultation: Annotated[int, NUMBER(help="The number of the consultation.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV in UTF-8 or Shift_JIS.")],
    body: Annotated[
        str | None,
        typer.Option(help="Column of the opinion; not needed for files with comment-id, comment-body."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Column of the name.")] = None,
    address: Annotated[str | None, typer.Option(help="Column of the address.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Column of the organisation.")] = None,
    channel: Annotated[str | None, typer.Option(help="Column of the channel (郵送, FAX, …).")] = None,
    received: Annotated[str | None, typer.Option(help="Column of the date of receipt.")] = None,
    section: Annotated[str | None, typer.Option(help="Column of the section of the draft plan.")] = None,
    id: Annotated[
        list[str] | None, typer.Option(help="Column that identifies a row; give several if it takes several.")
    ] = None,
) -> None:
    """Take a CSV of opinions in as submissions of a consultation: all of it, or nothing and why."""
    from forum.commands.importing import import_opinions
    from moderation.submissions.reading import Columns

    others = (name, address, organisation, channel, received, tuple(id or ()), section)
    columns = Columns(body, *others) if body else None
    raise typer.Exit(not asyncio.run(import_opinions(consultation, file.read_bytes(), columns)))


@app.command()
def export(
    consultation: Annotated[int, NUMBER(help="The number of the consultation.")],
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path(),
) -> None:
    """Write the published result of a consultation as DOCX, XLSX, CSV and JSON, and all of it as a ZIP that can be checked."""
    from forum.commands.exporting import export_results

    raise typer.Exit(not asyncio.run(export_results(consultation, folder)))


@app.command()
def demo() -> None:
    """Fill an empty database with a believable town, and print how to sign in."""
    from forum.commands.demo import demo as run

    asyncio.run(run())


@app.command(context_settings={"ignore_unknown_options": True})
def bench(
    name: Annotated[str | None, typer.Argument(help="Which; without it they are listed.")] = None,
    options: Annotated[list[str] | None, typer.Argument(help="Passed on to it.")] = None,
) -> None:
    """Measure how fast the room is, by one of the benchmarks of a checkout."""
    from forum.commands.bench import bench as run

    raise typer.Exit(run(name, options or []))


@charter.command("write")
def charter_write(file: Annotated[Path, typer.Argument(help="Where to.")] = Path("charter.toml")) -> None:
    """Write the newest rules of the room into a new file, to be reworded."""
    from forum.commands.charter import write

    asyncio.run(write(file))


@charter.command("announce")
def charter_announce(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As written by `charter write`.")],
    in_force_from: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The day on which they come into force.")
    ],
) -> None:
    """Announce the rules of a file: what changed is shown at once and holds from a day at least a week ahead."""
    from forum.commands.charter import announce

    asyncio.run(announce(file.read_bytes(), in_force_from.date()))


@digest.command("compile")
def digest_compile(number: Annotated[int, NUMBER(help="The number of the digest.")]) -> None:
    """Compile a digest that waits for the worker."""
    from forum.commands.digest import compile_now

    raise typer.Exit(not asyncio.run(compile_now(number)))


@mail.command("receive")
def mail_receive() -> None:
    """Take in a letter to a reply address, as the mail server hands it over on standard input."""
    from forum.commands.letters import received

    raise typer.Exit(asyncio.run(received()))


@push.command("keys")
def push_keys() -> None:
    """Make a pair of keys for notices on devices (web push), as a line for the environment; the public one follows from it."""
    from forum.devices.sending import new_key

    typer.echo(f"VAPID_PRIVATE_KEY={new_key()}")


if __name__ == "__main__":
    garbage.look_seldom()
    app()
