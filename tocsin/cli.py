"""The command `tocsin`: every subcommand in one place; a fault is one line, never a traceback."""

import contextlib
import os
import sys

import typer
from pydantic import ValidationError
from typer._click import exceptions as usage  # typer carries its own click, and shows its exceptions nowhere else

from stream.lexicon import LexiconFault
from tocsin import kafka_commands, operator_commands, replay_command, run_command, story_commands
from tocsin.failures import FAILED, INPUT_REJECTED, WRONG_USAGE, CommandError, counted

app = typer.Typer(
    name="tocsin",
    help="Reads the news wire and rings when a conflict escalates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
story_commands.mount(app)
replay_command.mount(app)
run_command.mount(app)
operator_commands.mount(app)
kafka_commands.mount(app)


def main() -> None:
    """Run the command line and end with its exit code: 0 done, 1 failed, 2 wrong usage, 3 input rejected."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of these arguments; faults are one line on standard error."""
    try:
        code = app(args=arguments, prog_name="tocsin", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except CommandError as fault:
        return _say(fault.line, fault.code)
    except usage.NoArgsIsHelpError as fault:
        typer.echo(fault.ctx.get_help())
        return WRONG_USAGE
    except usage.UsageError as fault:
        return _say(f"{fault.format_message()} See `{_command_of(fault)} --help`.", WRONG_USAGE)
    except typer.Exit as end:
        return end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except LexiconFault as fault:
        faults = "".join(f"\n  {each}" for each in fault.faults)
        return _say(f"config/lexicon: {counted(list(fault.faults))}; mend them:{faults}", INPUT_REJECTED)
    except ValidationError as fault:
        return _say(_setting_faults(fault), WRONG_USAGE)
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _say(line: str, code: int) -> int:
    typer.echo(f"tocsin: {line}", err=True)
    return code


def _command_of(fault: usage.UsageError) -> str:
    return fault.ctx.command_path if fault.ctx is not None else "tocsin"


def _setting_faults(fault: ValidationError) -> str:
    """Settings that do not fit, in one line."""
    faults = (f"TOCSIN_{'_'.join(str(part) for part in each['loc']).upper()}: {each['msg']}" for each in fault.errors())
    return "; ".join(faults) + ". Correct the environment."
