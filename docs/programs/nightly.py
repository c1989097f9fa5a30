"""Every night: read all workbooks of a folder; write the report, its data and the words of a mail.

Run it as: python nightly.py CASES OUT [DAY]
It ends with 0 if all is well, 1 if a file has an error, 3 if somebody has a conflict to settle.
"""

import sys
from datetime import date
from pathlib import Path

from tracker import make_report, reconcile_workbooks


def main(cases: str, out: str, day: str = "") -> int:
    as_at = date.fromisoformat(day) if day else date.today()
    outcome = reconcile_workbooks(cases, as_at, own_first=True)
    report, problems = make_report(outcome, "weekly")
    errors = [each for each in outcome.all_problems() + problems if each.severity == "error"]
    late = {case.reference: sum(step.rag == "Overdue" for step in case.actions) for case in outcome.cases}

    mail = [f"{as_at:%d %B %Y}: {len(late)} cases read, {sum(late.values())} steps overdue."]
    mail += [f"{reference}: {count} overdue" for reference, count in late.items() if count]
    mail += [f"Has an error: {Path(each.file).name} ({each.code})" for each in errors]

    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("state.json").write_text(outcome.to_json(), "utf-8")
    folder.joinpath("mail.txt").write_text("\n".join(mail) + "\n", "utf-8")
    if report:
        folder.joinpath("weekly.html").write_bytes(report.files[""])
    return 1 if errors else 3 if outcome.has_conflicts else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
