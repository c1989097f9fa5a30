"""Edit workbooks in LibreOffice as a person would; run by the Python that has the uno module.

    /usr/bin/python3 edit.py JOBS.json [-o RESULTS.json]
    /usr/bin/python3 edit.py --serve [--recalculate]

With --serve, each line of standard input is such a list and each line printed its results, until the input ends: one
LibreOffice does them all. With --recalculate it counts every formula on opening.

JOBS.json is a list of jobs, all done in one LibreOffice with a new, private profile:

    [{"open": "a.xlsx", "save": "b.xlsx", "format": "xlsx",
      "edits": [{"op": "set", "sheet": "SIN", "cell": "H5", "value": {"date": "2026-11-09"}},
                {"op": "read", "sheet": "SIN", "cells": ["I5"]}]}]

"save" may be null, "format" is "xlsx" or "ods"; "filter" may name any other export filter, and the workbook is then
opened out of sight. Rows are numbered and columns lettered as on the screen.
The result of a job holds what was read and what failed; a job stops at its first failure and is not saved:

    [{"open": "a.xlsx", "read": {"SIN!I5": {"value": "Complete", "formula": "=IF(...)"}}, "errors": []}]

Operations:

"""

import argparse
import contextlib
import inspect
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import uno
from com.sun.star.connection import NoConnectException
from operations import OPERATIONS, Book, properties

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8"}


# ---------------------------------------------------------------- jobs


def do_job(desktop, job, clock=None):
    """Open, edit, save, close: the job's result. Nothing raises for what a job asked for."""
    result = {"open": job["open"], "read": {}, "errors": []}
    document = None
    try:
        hidden = properties(Hidden=True) if job.get("filter") else ()  # a hidden one forgets its active sheet
        document = desktop.loadComponentFromURL(url(job["open"]), "_blank", 0, hidden)
        if document is None:
            raise ValueError("LibreOffice cannot open it")
        book = Book(document, clock)
        result |= {"read": book.read, "compared": book.compared}
        for number, edit in enumerate(job.get("edits", []), start=1):
            do_edit(book, number, dict(edit))
        if job.get("save"):
            export_filter = job.get("filter") or FILTERS[job.get("format", "xlsx")]
            document.storeToURL(url(job["save"]), properties(FilterName=export_filter, Overwrite=True))
    except Exception as error:  # whatever UNO throws belongs to this job, the others go on
        result["errors"].append(f"{type(error).__name__}: {getattr(error, 'Message', None) or error}")
    finally:
        if document is not None:
            document.close(True)
    return result


def do_edit(book, number, edit):
    name = edit.pop("op", "")
    try:
        if name not in OPERATIONS:
            raise ValueError(f"unknown operation, not one of {', '.join(OPERATIONS)}")
        OPERATIONS[name](book, **edit)
    except Exception as error:
        told = getattr(error, "Message", None) or error
        raise RuntimeError(f"edit {number} ({name} {json.dumps(edit)}): {type(error).__name__}: {told}") from error


def url(path):
    return Path(path).resolve().as_uri()


# ---------------------------------------------------------------- LibreOffice


@contextlib.contextmanager
def office(program, seconds, clock=None, recalculate=False):
    """The desktop of a LibreOffice of our own, ended afterwards whatever happened."""
    with tempfile.TemporaryDirectory(prefix="soffice-", ignore_cleanup_errors=True) as folder:
        pipe = f"tracker_{uuid.uuid4().hex}"
        command = [
            program,
            profile(Path(folder), recalculate),
            "--headless",
            "--norestore",
            "--nodefault",
            "--nologo",
            f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environment(clock),
        )
        try:
            desktop = connect(process, pipe, seconds)
            yield desktop
            with contextlib.suppress(Exception):  # the connection breaks as the office goes
                desktop.terminate()
            process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def environment(clock):
    """Ours; with a clock file, libfaketime tells LibreOffice the date that is written there."""
    if clock is None:
        return None
    clock.write_text("+0\n")
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    faked = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    return {**os.environ, **faked, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def profile(folder, recalculate):
    """A new profile with British dates; on opening it trusts stored values, LibreOffice's default, or counts anew."""
    settings = Path(__file__).with_name("profile.xcu").read_text(encoding="utf-8")
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(
        settings.replace("<value>RECALC</value>", f"<value>{0 if recalculate else 1}</value>"), encoding="utf-8"
    )
    return f"-env:UserInstallation={folder.as_uri()}"


def connect(process, pipe, seconds):
    """Ask again until the office listens; a bounded wait."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + seconds
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if process.poll() is not None:
                raise SystemExit(f"LibreOffice ended at once with {process.returncode}") from None
            if time.monotonic() > end:
                raise SystemExit(f"LibreOffice did not answer within {seconds} s") from None
            time.sleep(0.05)


# ---------------------------------------------------------------- command line


def usage():
    lines = []
    for name, function in OPERATIONS.items():
        arguments = [str(p) for p in inspect.signature(function).parameters.values()][1:]
        lines.append(f"  {name} {', '.join(arguments)}\n      {function.__doc__}")
    return __doc__ + "\n".join(lines)


def serve(asked):
    with office(asked.soffice, asked.wait, recalculate=asked.recalculate) as desktop:
        for line in sys.stdin:
            results = [do_job(desktop, job) for job in json.loads(line)]
            print(json.dumps(results), flush=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description=usage(), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", type=Path, nargs="?", metavar="JOBS.json", help="the jobs")
    parser.add_argument("--serve", action="store_true", help="take lists of jobs from standard input, one a line")
    parser.add_argument("--recalculate", action="store_true", help="count every formula on opening")
    parser.add_argument("-o", "--output", type=Path, metavar="RESULTS.json", help="where results go; else printed")
    parser.add_argument("--soffice", default="soffice", help="the LibreOffice program (%(default)s)")
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait for it to start (%(default)s)")
    parser.add_argument("--clock", type=Path, metavar="FILE", help="LibreOffice reads the system's date from here")
    asked = parser.parse_args()
    if asked.serve:
        return serve(asked)
    jobs = json.loads(asked.jobs.read_text(encoding="utf-8"))
    with office(asked.soffice, asked.wait, asked.clock, asked.recalculate) as desktop:
        results = [do_job(desktop, job, asked.clock) for job in jobs]
    told = json.dumps(results, indent=1, ensure_ascii=False)
    if asked.output:
        asked.output.write_text(told + "\n", encoding="utf-8")
    else:
        print(told)
    return 1 if not asked.output and any(result["errors"] for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
