"""Who has to do what in the next seven days? Needs Python and nothing else.

Run it as: python due.py state.json
"""

import json
import sys
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

state = json.loads(Path(sys.argv[1]).read_bytes())
if state["schema"] != "tracker/reconcile/1":
    sys.exit(f"This program reads tracker/reconcile/1, not {state['schema']}.")

last = (date.fromisoformat(state["as_at"]) + timedelta(days=7)).isoformat()
due: dict[str, list[str]] = defaultdict(list)
for case in state["cases"]:
    for step in case["actions"]:
        day = step["agreed"] or step["due"]
        if step["rag"] in {"Overdue", "Due today", "Due soon", "On track"} and day and day <= last:
            row = step["id"] or step["cell"]
            due[step["owner"]].append(f"{day}  {case['reference']}  {row}  {step['rag']}")

for owner in sorted(due):
    print(owner, *sorted(due[owner]), sep="\n  ")
