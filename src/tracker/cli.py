"""The command line: its commands, and how they are found.

A command is imported when it is called, so that `--help` is instant.
"""

from __future__ import annotations

from importlib import import_module

import click

from tracker import __version__

COMMANDS = {
    "new": ("new", "Ask for a case, step by step, and write its description."),
    "check": ("cases", "Validate a case description; print its clocks and key dates."),
    "generate": ("cases", "Make the workbook of a case."),
    "reconcile": ("workbooks", "Read edited workbooks: the state, what changed, what is wrong."),
    "regenerate": ("workbooks", "Bring a workbook up to its case and procedure, keeping every edit."),
    "report": ("reports", "Write a status report over a workbook or a folder of them."),
    "calendar": ("reports", "Write meetings and key dates as calendar entries."),
    "returns": ("workbooks", "Make a small workbook for each agency with its own open rows."),
    "documents": ("workbooks", "Write the letters and forms the procedure asks for, in Word."),
    "explain": ("workbooks", "Show how one due date was counted."),
    "demo": ("new", "Try the program on six imaginary cases."),
    "procedure": ("cases", "Look at a procedure set, copy one to adapt, compare two."),
}
"""Each command: its module in `tracker.commands`, and its line in the list of commands."""


def find_command(name: str) -> click.Command:
    """Import a command, and give it, or each of its own commands, the option that all have."""
    from tracker.commands import QUIET_OPTION

    command = getattr(import_module(f"tracker.commands.{COMMANDS[name][0]}"), f"{name}_command")
    assert isinstance(command, click.Command)
    for each in command.commands.values() if isinstance(command, click.Group) else [command]:
        if QUIET_OPTION not in each.params:
            each.params.append(QUIET_OPTION)
    return command


class _Commands(click.Group):
    """Finds a command in `tracker.commands` when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        return find_command(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from tracker.text import did_you_mean

            ctx.fail(f'There is no command "{args[0]}"{did_you_mean(args[0], COMMANDS)}.')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


START = """\
The action tracker for SIN, Rapid Review and LCSPR. What most people come for:

  tracker generate case.toml          makes the workbook of a case
  tracker reconcile case.xlsx         says where the case stands, and what people changed
  tracker report cases --for weekly   writes the Monday report over a folder of workbooks

New here? "tracker demo" shows it all on six imaginary cases. "tracker new" asks for a case and writes
its description; "tracker generate --blank" needs none. "tracker --help" lists every command,
"tracker COMMAND --help" shows its options."""
"""What `tracker` alone prints."""


@click.group(
    cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="tracker")
@click.pass_context
def cli(context: click.Context) -> None:
    """The action tracker for SIN, Rapid Review and LCSPR.

    \b
    What most people come for:

    \b
    tracker generate case.toml          makes the workbook of a case
    tracker reconcile case.xlsx         reads what people did to it
    tracker report cases --for weekly   writes the Monday report

    New here? tracker demo shows it all. tracker new asks for a case. --help after a command shows more.
    """
    if context.invoked_subcommand is None:
        click.echo(START)
