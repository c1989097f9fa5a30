"""The strip of time on Summary: the running stage from its day zero on, a square for each day or eight of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.workbook.helpers import Helpers

SQUARES = 17
_LONG_SQUARE = 8  # working days in a square where a stage takes months


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip of time: its caption, a label for each square, and the first day of each and of what follows."""

    caption: str
    labels: Sequence[str]
    days: Sequence[str]

    def marks(self, due: str, agreed: str, done: str) -> list[str]:
        """The squares of one key date: what stands in each, from day zero to the judged date.

        A square that is filled holds a mark or one blank, one that is late two blanks; a mark beside them ends in one.
        """
        end = f"IF(ISNUMBER({done}),{done},IF(ISNUMBER({agreed}),{agreed},{due}))"
        squares = []
        for first, after in zip(self.days, self.days[1:], strict=False):
            here = f"AND(ISNUMBER({{0}}),{{0}}>={first},{{0}}<{after})"
            today = f"AND(Report_date>={first},Report_date<{after})"
            mark = f'IF({here.format(agreed)},"□",IF({today},"┃",""))'
            mark = f'IF({here.format(done)},"●",IF({here.format(due)},"◆",{mark}))'
            filled = f"AND(ISNUMBER({end}),{first}<={end},{end}<{self.days[-1]})"
            late = f"AND(ISNUMBER({due}),NOT(ISNUMBER({done})),{due}<{first},{first}<=Report_date)"
            late = f"AND({late},{due}>={self.days[0]})"
            squares.append(
                f'IF(NOT(ISNUMBER({first})),"",IF({filled},IF({mark}="" ," ",{mark}),'
                f'IF({late},IF({today},"┃ ","  "),IF({mark}="","",{mark}&" "))))'
            )
        return squares


def strip_of_time(helpers: Helpers) -> Strip:
    """The strip of the stage that runs, else of the last one that has begun: a day or eight in each square."""
    numbers = range(1, len(helpers.stages) + 1)
    begun = '""'
    for number, stage in zip(numbers, helpers.stages, strict=True):
        begun = f"IF(ISNUMBER({stage.zero}),{number},{begun})"
    running = begun
    for number, stage in reversed(list(zip(numbers, helpers.stages, strict=True))):
        running = f'IF(AND({stage.done}="no",ISNUMBER({stage.zero})),{number},{running})'
    (which,) = helpers.column([running], "strip: stage")
    zeros = ",".join(stage.zero for stage in helpers.stages)
    units = ",".join(stage.unit for stage in helpers.stages)
    names = ",".join(f'"{sheet}"' for sheet in helpers.sheets[:-1])
    start, step, name = helpers.column(
        [
            f'IF({which}="","",INT(CHOOSE({which},{zeros})))',
            f'IF({which}="",1,IF(CHOOSE({which},{units})="working days",1,{_LONG_SQUARE}))',
            f'IF({which}="","",CHOOSE({which},{names}))',
        ],
        "strip: start",
    )
    days = helpers.column(
        [start]
        + [f'IF({start}="","",WORKDAY({start},{place}*{step},Holidays))' for place in range(1, SQUARES + 1)],
        "strip: days",
    )
    labels = [
        f'IF({day}="","",IF({step}=1,{place},INT(({day}-{start})/7)+1))'
        for place, day in enumerate(days[:-1])
    ]
    caption = (
        f'IF({start}="","",IF({step}=1,{name}&", working days 0 to {SQUARES - 1}; each square is a day",'
        f'{name}&", by weeks; each square is {_LONG_SQUARE} working days"))'
    )
    return Strip(caption, labels, days)
