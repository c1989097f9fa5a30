"""The way in: `tracker` and `python -m tracker`. Nothing large is loaded before `start` holds the run."""

from __future__ import annotations

from tracker.start import run_and_exit


def main() -> None:
    """Run the command line and leave with its exit code."""
    run_and_exit(_command_line)


def _command_line() -> object:
    from tracker.cli import cli

    return cli.main(standalone_mode=False)


if __name__ == "__main__":
    main()
