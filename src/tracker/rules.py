"""The rules by which a tracker judges its rows: each written once, as a formula.

A rule is spreadsheet text in which `[Due]` means the row's own cell. The workbook carries it; the same text is
evaluated in Python for the values in the file, for reconciling and for reports. The words follow the contract
and readings.md; the paragraphs they rest on stand beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from tracker.formula.evaluate import Formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.procedure.model import Clock, Procedure, Step

CLOCKS = "Case_clocks"
ROLES = "People_roles"
AGENCIES = "People_agencies"
PLAN = "Plan_actions"
REPORT_DATE = "Report_date"
HOLIDAYS = "Holidays"
CLOSURES = "Office_closures"
KNOWN_UNTIL = "Holidays_known_until"
HOLD_RUNNING = "Hold_running"
HOLDS = "Case_holds"
MEETINGS = "Meetings"


def meeting_cells(title: str) -> str:
    """The defined name of a column of meetings: it reaches below the table, which LibreOffice does not lengthen."""
    return f"{MEETINGS}_{title}"


RagWord = Literal[
    "Overdue",
    "Chase",
    "Provisional, passed",
    "Due today",
    "Due soon",
    "Extended",
    "On track",
    "Provisional",
    "On hold",
    "Ready",
    "Clock not started",
    "No date",
    "Complete",
    "Complete, late",
    "Not applicable",
]
Rag = RagWord | Literal[""]
"""The RAG of a row; nothing where its formula cannot be evaluated."""
RAG_WORDS: tuple[RagWord, ...] = get_args(RagWord)
"""Every word of column RAG, the most pressing first."""


def rag_word(value: object) -> Rag:
    """The words in column RAG."""
    return next((word for word in RAG_WORDS if word == value), "")


OPEN_WORDS = RAG_WORDS[:12]
DONE_WORDS = ("Complete", "Complete, late")
NEEDS_SOMEONE = ("Overdue", "Chase", "Provisional, passed", "Due today")
COMING = ("Due soon", "Extended", "On track", "Provisional")
Status = Literal["Not started", "In progress", "Waiting on others", "Complete", "Not applicable"]
STATUSES: tuple[Status, ...] = get_args(Status)
NO_INVOLVEMENT = "No involvement"
"""What an agency that never knew the child answers in its return: not applicable, and that is why."""
SOON_WORKING_DAYS = 2
"""`Due soon`: not after this many working days from the report date (readings: an exception)."""

_BY_UNIT = {
    "working days": "WORKDAY({day_zero},{count},Holidays)",
    # A date counted in calendar days, weeks or months is a "no later than": the last working day on or before it.
    "days": "WORKDAY({day_zero}+{count}+1,-1,Holidays)",
    "weeks": "WORKDAY({day_zero}+7*{count}+1,-1,Holidays)",
    "months": "WORKDAY(EDATE({day_zero},{count})+1,-1,Holidays)",
}


def counted(day_zero: str, count: str, unit: str) -> str:
    """The expression that counts `count` of a unit from a day zero."""
    return _BY_UNIT[unit].format(day_zero=day_zero, count=count)


def table_name(sheet: str) -> str:
    """The name of a stage's table: neither a function nor a sheet. `Rapid Review` -> `Rapid_Review_actions`."""
    return f"{sheet.replace(' ', '_')}_actions"


_WORKING_DAYS, _DAYS, _WEEKS, _MONTHS = (counted("[Day zero]", "[Count]", unit) for unit in _BY_UNIT)
_DUE = (
    'IF(OR(NOT(ISNUMBER([Day zero])),NOT(ISNUMBER([Count]))),"",'
    f'IF(OR([Unit]="",[Unit]="working days"),{_WORKING_DAYS},IF([Unit]="days",{_DAYS},'
    f'IF([Unit]="weeks",{_WEEKS},IF([Unit]="months",{_MONTHS},"")))))'
)


def _owned(column: str, agency_column: str) -> str:
    """What sheet People has for the row's owner: a role first, then an agency."""
    return (
        f'IFERROR(INDEX({ROLES}[{column}],MATCH([Owner],{ROLES}[Role],0))&"",'
        f'IFERROR(INDEX({AGENCIES}[{agency_column}],MATCH([Owner],{AGENCIES}[Agency],0))&"",""))'
    )


_TIMESCALE = (
    'IF(NOT(ISNUMBER([Count])),"",'
    'IF(OR([Unit]="",[Unit]="working days"),IF([Count]<0,-[Count]&" wd before","Day "&[Count]),'
    'IF(OR([Unit]="days",[Unit]="weeks",[Unit]="months"),ABS([Count])&" "&[Unit]&IF([Count]<0," before",""),"")))'
)


def _timescale(procedure: Procedure) -> str:
    """Timescale, which shows a range of days where the step has one and the row keeps its unit."""
    ranges: dict[tuple[int, str], list[Step]] = {}
    for _, step in procedure.steps():
        if step.lag and step.first is not None:
            ranges.setdefault((step.first, step.lag.unit), []).append(step)
    rule = _TIMESCALE
    for (first, unit), steps in reversed(ranges.items()):
        test = f'AND(ISNUMBER([Count]),[Unit]="{unit}",{_any_row_of(steps)})'
        rule = f"IF({test},{_range(first, unit)},{rule})"
    return rule


def _any_row_of(steps: Iterable[Step]) -> str:
    """Whether the row is one of these steps, or one of the repeats of a repeated one."""
    tests = [
        f'LEFT([ID],{len(step.id) + 1})="{step.id}-"' if step.repeated else f'[ID]="{step.id}"'
        for step in steps
    ]
    return f"OR({','.join(tests)})"


def _range(first: int, unit: str) -> str:
    if unit == "working days":
        return f'"{-first} to "&-[Count]&" wd before"' if first < 0 else f'"Days {first} to "&[Count]'
    return f'"{abs(first)} to "&ABS([Count])&" {unit}{" before" if first < 0 else ""}"'


_DAY_ZERO = f'IFERROR(INDEX({CLOCKS}[Date in use],MATCH([Counted from],{CLOCKS}[Clock],0)),"")'
_PROVISIONAL = (
    f'IFERROR(INDEX({CLOCKS}[Confirmed or provisional],MATCH([Counted from],{CLOCKS}[Clock],0)),"")'
    '="Provisional"'
)
_JUDGED = 'IF(AND(ISNUMBER([Agreed date]),[Basis]<>"Statutory"),INT([Agreed date]),[Due])'


_COUNTS = f"AND(ISNUMBER([Completed]),[Completed]<{REPORT_DATE}+1)"
"""Whether the date in `Completed` counts: one after the report date does not yet (readings.md)."""
_DONE_UNDATED = 'AND(NOT(ISNUMBER([Completed])),OR([Completed]<>"",[Status]="Complete"))'
"""Done without a day to judge it by. A date after the report date outweighs the status beside it."""


def _done(due: str) -> str:
    """The start of RAG, alike for stages and the action plan."""
    base = f"IF(ISNUMBER({due}),{due},IF(ISNUMBER([Agreed date]),INT([Agreed date]),[Completed]))"
    return (
        'IF([Status]="Not applicable","Not applicable",'
        f'IF({_COUNTS},IF(INT([Completed])>{base},"Complete, late","Complete"),'
        f'IF({_DONE_UNDATED},"Complete",'
    )


def _done_of(table: str) -> str:
    """Which rows of a table are done, a column of ones and noughts: as `_done` reads one row."""
    completed, dated = f"{table}[Completed]", f"ISNUMBER({table}[Completed])"
    undated = f'((({completed}<>"")+({table}[Status]="Complete"))>0)'
    return f"({dated}*({completed}<{REPORT_DATE}+1)+(1-{dated})*{undated})"


def _waited_for(procedure: Procedure) -> tuple[str, str]:
    """How many of the rows this one waits for are open, and how many done; those not applicable are neither.

    `Waits for` names steps, so that a repeated one (`RR-5.7b`) means all its rows: an ID's part before the second
    hyphen is looked for in it.
    """
    still_open, done = [], []
    for stage in procedure.stages:
        table = table_name(stage.name)
        ids = f'({table}[ID]&"--")'
        step = f'LEFT({ids},FIND("-",{ids},FIND("-",{ids})+1)-1)'
        named = f'ISNUMBER(FIND(" "&{step}&","," "&[Waits for]&","))*({table}[Status]<>"Not applicable")'
        still_open.append(f"SUMPRODUCT({named}*(1-{_done_of(table)}))")
        done.append(f"SUMPRODUCT({named}*{_done_of(table)})")
    return "+".join(still_open), "+".join(done)


def _undated(procedure: Procedure) -> str:
    """RAG of an open row without a judged date: its clock has not started, it can begin, or neither."""
    still_open, done = _waited_for(procedure)
    # Without FALSE, which LibreOffice writes as FALSE(): the formula would no longer be ours.
    ready = f'IF(({still_open})>0,"No date",IF(({done})>0,"Ready","No date"))'
    return f'IF([Counted from]<>"","Clock not started",IF([Waits for]="","No date",{ready}))'


def _days_late(due: str) -> str:
    """Days late, alike for stages and the action plan: working days after the due date, else the agreed one."""
    base = f"IF(ISNUMBER({due}),{due},INT([Agreed date]))"
    end = f"IF({_COUNTS},INT([Completed]),Report_date)"
    return (
        f'IF(NOT(OR(ISNUMBER({due}),ISNUMBER([Agreed date]))),"",'
        f'IF({end}<={base},"",NETWORKDAYS({base}+1,{end},Holidays)))'
    )


_NEVER_LATE = f'OR([Status]="Not applicable",{_DONE_UNDATED})'
_ONLY_PROVISIONAL = f"AND(NOT({_COUNTS}),NOT(ISNUMBER([Agreed date])),{_PROVISIONAL})"


_CHASED = 'IF([Employer]="external","Chase","Overdue")'
"""What a row is after its date."""


def _rag(stopped: str, undated: str, provisional: str = _PROVISIONAL, late: str = _CHASED) -> str:
    """RAG of a stage row.

    `stopped` tests whether a hold stops it, `provisional` whether its clock is; `undated` is what it is without a
    date, `late` what it is after its date.
    """
    return (
        f'IF([ID]&[Action]="","",{_done("[Due]")}'
        f'IF({stopped},"On hold",'
        f"IF(NOT(ISNUMBER({_JUDGED})),{undated},"
        f"IF({_JUDGED}<Report_date,"
        f'IF(AND(NOT(ISNUMBER([Agreed date])),{provisional}),"Provisional, passed",{late}),'
        f'IF({_JUDGED}=Report_date,"Due today",'
        f'IF({_JUDGED}<=WORKDAY(Report_date,{SOON_WORKING_DAYS},Holidays),"Due soon",'
        'IF(AND(ISNUMBER([Due]),[Due]<Report_date),"Extended",'
        f'IF(AND(NOT(ISNUMBER([Agreed date])),{provisional}),"Provisional","On track")))))))))))'
    )


def _held(procedure: Procedure) -> str:
    """Whether a hold of the case runs that stops a row: by its clock, or by its step."""
    clock = next((clock.name for clock in procedure.clocks if clock.hold), "")
    steps = [step for _, step in procedure.steps() if step.held]
    test = f'[Counted from]="{clock}"'
    test = f"OR({test},{_any_row_of(steps)})" if steps else test
    return f'AND({test},{HOLD_RUNNING}="yes")'


MOST_ROWS = 10_000
"""The rows of a sheet among which a sort key can distinguish."""
A_DAY = 10 * MOST_ROWS
"""What one day is worth in a sort key: the judged date, a digit for the table, the row of its sheet."""
_ORDER = (
    'IF(OR(LEFT([RAG],8)="Complete",[RAG]="Not applicable",[RAG]="On hold",[RAG]=""),"",'
    f'IF([RAG]="Ready",ROW([ID]),IF(ISNUMBER({_JUDGED}),INT({_JUDGED})*{A_DAY}+ROW([ID]),"")))'
)
"""The sort key that Summary's lists are made from: of a row with a date by that, of one that is ready before them."""


def stage_rules(procedure: Procedure) -> Mapping[str, Formula]:
    """The formula of each calculated column of a stage sheet, the same in every row."""
    return {
        "Timescale": Formula(_timescale(procedure)),
        "Named owner": Formula(_owned("Name", "Contact")),
        "Due": Formula(_DUE),
        "RAG": Formula(_rag(_held(procedure), _undated(procedure))),
        "Days late": Formula(f'IF({_NEVER_LATE},"",IF({_ONLY_PROVISIONAL},"",{_days_late("[Due]")}))'),
        "Day zero": Formula(_DAY_ZERO),
        "Employer": Formula(_owned("Employer", "Employer")),
        "Order": Formula(_ORDER),
    }


def return_rules() -> Mapping[str, Formula]:
    """The formulas of an agency's return, which has neither clocks nor people.

    Its column `As sent` holds what these made of a row: `Provisional`, `On hold`, or what it is without a date.
    """
    sent = "[As sent]"
    rag = _rag(f'{sent}="On hold"', f'IF({sent}="","No date",{sent})', f'{sent}="Provisional"', '"Overdue"')
    closed = 'OR(LEFT([RAG],8)="Complete",[RAG]="Not applicable",[RAG]="On hold")'
    return {
        "Due": Formula(_DUE),
        "RAG": Formula(f'IF([Status]="{NO_INVOLVEMENT}","Not applicable",{rag})'),
        "To do by": Formula(f'IF({closed},"",IF(ISNUMBER({_JUDGED}),{_JUDGED},""))'),
    }


def employer_rules(owned_by: Mapping[str, str]) -> Mapping[str, Formula]:
    """For each title the rule for whose a row is, by the column that names its owner."""
    rule = _owned("Employer", "Employer")
    return {title: Formula(rule.replace("[Owner]", f"[{column}]")) for title, column in owned_by.items()}


def plan_rules() -> Mapping[str, Formula]:
    """The formulas of the action plan: the same words without the clocks'. An empty row is no action."""
    judged = "IF(ISNUMBER([Agreed date]),INT([Agreed date]),[Target date])"
    rag = (
        f'IF([Recommendation]&[Action]="","",{_done("[Target date]")}'
        f'IF(NOT(ISNUMBER({judged})),"No date",'
        f'IF({judged}<Report_date,IF({_owned("Employer", "Employer")}="external","Chase","Overdue"),'
        f'IF({judged}=Report_date,"Due today",'
        f'IF({judged}<=WORKDAY(Report_date,{SOON_WORKING_DAYS},Holidays),"Due soon",'
        'IF(AND(ISNUMBER([Target date]),[Target date]<Report_date),"Extended","On track")))))))))'
    )
    return {
        "Named owner": Formula(_owned("Name", "Contact")),
        "RAG": Formula(rag),
        "Days late": Formula(f'IF({_NEVER_LATE},"",{_days_late("[Target date]")})'),
    }


def _sources(clock: Clock, stage_of: Mapping[str, str], dates: Mapping[str, str]) -> list[tuple[str, str]]:
    """The expressions that may hold a clock's confirmed day zero, each with the test whether it counts.

    The first that counts is taken; a completion after the report date does not count yet.
    """
    sources = []
    if clock.field:
        sources.append(("[Type it here]", "ISNUMBER([Type it here])"))
    if clock.step:
        table = table_name(stage_of[clock.step])
        completed = f'INDEX({table}[Completed],MATCH("{clock.step}",{table}[ID],0))'
        sources.append((completed, f"IFERROR(AND(ISNUMBER({completed}),{completed}<{REPORT_DATE}+1),FALSE)"))
    if clock.fallback:
        sources.append((dates[clock.fallback], f"ISNUMBER({dates[clock.fallback]})"))
    return sources


def clock_rules(clock: Clock, procedure: Procedure, dates: Mapping[str, str]) -> tuple[Formula, Formula]:
    """A clock's `Date in use` and `Confirmed or provisional`.

    `dates` maps a case date (`lcspr_decided`) to the expression that gives it.
    """
    if clock.meeting:
        return _planned(clock.meeting)
    stage_of = {step.id: stage.name for stage, step in procedure.steps()}
    sources = _sources(clock, stage_of, dates)
    confirmed = ",".join(counts for _, counts in sources)
    date_in_use = '""'
    if lag := clock.provisional:
        start = procedure.clock(clock.provisional_from).defined_name
        date_in_use = f'IF(ISNUMBER({start}),{counted(start, str(lag.count), lag.unit)},"")'
    for source, counts in reversed(sources):
        date_in_use = f"IF({counts},INT({source}),{date_in_use})"
    settled = f'IF(OR({confirmed}),"Confirmed","Provisional")' if sources else '"Provisional"'
    state = f'IF([Date in use]="","Not known",{settled})'
    return Formula(date_in_use), Formula(state)


_NO_RANK = 100_000
"""More meetings than Calendar can hold."""


def _planned(kind: str) -> tuple[Formula, Formula]:
    """The next meeting of a kind that is not held, provisional until it is; else the last one held.

    Each meeting is found by how many dates are before its own, since no sum can be made with a text typed as a date.
    """
    day, held_on = meeting_cells("Date"), meeting_cells("Held")
    rows = f'({meeting_cells("Kind")}="{kind}")*ISNUMBER({day})'
    earlier = f'COUNTIF({day},"<"&{day})'
    ahead = f'SUMPRODUCT(SMALL({rows}*({held_on}="")*({earlier}-{_NO_RANK}),1))'
    held = f'SUMPRODUCT(SMALL({rows}*({held_on}<>"")*(0-{earlier}-1),1))'
    place = f"IF({ahead}<0,{ahead}+{_NO_RANK}+1,0-{held})"
    date_in_use = f'IFERROR(INT(SMALL({day},{place})),"")'
    state = f'IF([Date in use]="","Not known",IF({ahead}<0,"Provisional","Confirmed"))'
    return Formula(date_in_use), Formula(state)


_BEGUN = f"ISNUMBER({HOLDS}[From])*({HOLDS}[From]<{REPORT_DATE}+1)"
_ENDED = f"ISNUMBER({HOLDS}[Ended on])*({HOLDS}[Ended on]<{REPORT_DATE}+1)"
HOLD_RULE = Formula(f'IF(SUMPRODUCT({_BEGUN}*(1-{_ENDED}))>0,"yes","no")')
"""Publication waits from a hold's first day until the day it ended. A review date that has passed is a warning and
does not end it (readings: publication waits for a trial)."""

REPORT_DATE_RULE = Formula('IF(Report_date_typed="",TODAY(),Report_date_typed)')
