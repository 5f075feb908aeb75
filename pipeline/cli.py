"""The command line: every command by its name. Heavy libraries are imported by what is called, when it is called."""

import typer

from pipeline import system
from pipeline.commands import check, init, models, report, run, score
from pipeline.errors import LivesubsError

app = typer.Typer(
    help="A French livestream in, timed English subtitles out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(run.run)
app.command()(run.demo)
app.command()(init.init)
app.command()(check.check)
app.command()(score.score)
app.command()(report.report)
app.add_typer(models.app, name="models")


def main() -> None:
    """The console script: every expected error is one sentence and an exit code."""
    system.print_anything()
    try:
        app()
    except LivesubsError as error:
        system.leave(error.exit_code, f"livesubs: {error}")
    except KeyboardInterrupt:
        system.leave(run.ABORTED, "livesubs: left at once")
