"""The command line: every command by its name. Heavy libraries are imported by what is called, when it is called."""

import sys
from typing import Annotated, Any

import typer
import typer.core

from pipeline import __version__, system
from pipeline.commands import (
    batch,
    check,
    compare,
    doctor,
    export,
    fit,
    glossary,
    importing,
    init,
    learn,
    models,
    pack,
    publish,
    qc,
    refine,
    report,
    restream,
    review,
    run,
    score,
    screen,
    youtube,
)
from pipeline.errors import LivesubsError


class _Commands(typer.core.TyperGroup):
    """Where an option is not known, none is proposed that `--help` does not tell of."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as caught:
            error: Any = caught  # typer has its own copy of click, and no name for it
            if known := getattr(error, "possibilities", None):
                hidden = {name for one in error.ctx.command.params if one.hidden for name in one.opts}
                error.possibilities = [name for name in known if name not in hidden]
            raise


app = typer.Typer(
    cls=_Commands,
    help="A French livestream in, timed English subtitles out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"livesubs {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Options of no command."""


app.command()(run.run)
app.command()(run.demo)
app.command()(init.init)
app.command()(screen.screen)
app.command()(publish.publish)
app.command()(restream.restream)
app.command(hidden=True)(youtube.captions)
app.command()(check.check)
app.command()(score.score)
app.command()(report.report)
app.command()(export.export)
app.command("import")(importing.bring)
app.command()(pack.pack)
app.command()(compare.compare)
app.command()(learn.learn)
app.command()(review.review)
app.command()(fit.fit)
app.command()(refine.refine)
app.command()(batch.batch)
app.command()(doctor.doctor)
app.command()(qc.qc)
app.add_typer(models.app, name="models")
app.add_typer(glossary.app, name="glossary")


def main() -> None:
    """The console script: every expected error is one sentence and an exit code."""
    system.print_anything()
    try:
        app(obj=sys.argv[1:])
    except LivesubsError as error:
        system.leave(error.exit_code, f"livesubs: {error}")
    except KeyboardInterrupt:
        system.leave(run.ABORTED, "livesubs: left at once")
