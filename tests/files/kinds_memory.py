"""Trackers whose hidden sheet remembers what no issue of ours is."""

from __future__ import annotations

from files.base import Kind, changed, forgot, memory, remembered
from tracker.workbook import layout

KINDS = (
    Kind("a newer layout", "T108", changed(forgot(layout=layout.LAYOUT + 1))),
    Kind("an unknown set of procedures", "T112", changed(forgot(procedure__set="elsewhere"))),
    Kind("a set that is a path", "T107", changed(forgot(procedure__set="../dorset"))),
    Kind("a set with a zero in its name", "T107", changed(forgot(procedure__set="a\0b"))),
    Kind("JSON that breaks off", "T107", changed(remembered(lambda: memory()[:-9]))),
    Kind("no JSON", "T107", changed(remembered("made by tracker"))),
    Kind("JSON of 100,000 levels", "T107", changed(remembered("[" * 100_000))),
    Kind("a list for JSON", "T107", changed(remembered("[]"))),
    Kind("null for JSON", "T107", changed(remembered("null"))),
    Kind("an endless layout", "T107", changed(forgot(layout=float("inf")))),
    Kind("a layout of nothing", "T107", changed(forgot(layout=None))),
    Kind(
        "a layout of 5,000 digits",
        "T107",
        changed(remembered(lambda: memory().replace(f'"layout":{layout.LAYOUT}', f'"layout":{"9" * 5_000}'))),
    ),
    Kind("values in a list", "T107", changed(forgot(values=[]))),
    Kind("values of a list of pairs", "T107", changed(forgot(values=[["SIN", 1]]))),
    Kind("values of a sheet in a list", "T107", changed(forgot(values__SIN=[1]))),
    Kind("values of a row in a list", "T107", changed(forgot(values__SIN={"SIN-2.1": [1]}))),
    Kind("values that are lists", "T107", changed(forgot(values__SIN={"SIN-2.1": {"Action": [1]}}))),
    Kind("formulas that are numbers", "T107", changed(forgot(formulas__SIN={"Due": 1}))),
    Kind("fingerprints that are lists", "T107", changed(forgot(rows={"SIN-2.1": []}))),
    Kind("due dates that are null", "T107", changed(forgot(due={"SIN-2.1": None}))),
    Kind("conflicts that are numbers", "T107", changed(forgot(conflicts=[1]))),
    Kind("a case that is a list", "T107", changed(forgot(case=[]))),
    Kind("awareness as a number", "T107", changed(forgot(case__details__aware=46_000))),
    Kind("awareness in a list", "T107", changed(forgot(case__details__aware=["2026-11-02"]))),
    Kind("a reference that is null", "T107", changed(forgot(case__details__reference=None))),
    Kind("children that are numbers", "T107", changed(forgot(case__children=[1, 2]))),
    Kind("children that are a word", "T107", changed(forgot(case__children="Child 1"))),
    Kind("agencies without a name", "T107", changed(forgot(case__agencies=[{"code": "POL"}]))),
    Kind("people in a list", "T107", changed(forgot(case__people=["B. Example"]))),
    Kind(
        "a person whose name is a list", "T107", changed(forgot(case__people={"LCSPR author": {"name": []}}))
    ),
    Kind("options that are null", "T107", changed(forgot(case__options=None))),
    Kind("meetings of numbers", "T107", changed(forgot(case__meetings=[{"kind": "MAQPAG", "date": 5}]))),
)
