"""Keep one issue about drift: `issue.py open FILE NAME [AUTHOR]`, `issue.py close NAME [AUTHOR]`.

`open` opens it with the text in FILE, or puts the text in place of that of the one that is open. `close` closes it with a comment, if there
is one. The issue is found by the hidden mark in its first line, among the open ones that AUTHOR opened.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from ci.ending import leave
from ci.host import Issue, Service, service
from ci.mark import drift_mark
from ci.run import Run, this_run


def main() -> int:
    """Open, edit or close the issue."""
    run = this_run()
    match sys.argv[1:]:
        case ["open", file, name, *author]:
            text = Path(file).read_text(encoding="utf-8")
            print(opened(service(run, *author), name, text, run))
        case ["close", name, *author]:
            print(closed(service(run, *author), name, run.page))
        case _:
            print(__doc__, file=sys.stderr)
            return 1
    return 0


def opened(host: Service, name: str, text: str, run: Run) -> str:
    """Make sure that the one issue says what drifted."""
    title = f"Drift in the stores: {name}"
    body = f"{drift_mark(name)}\n{text}"
    if len(body) > host.longest:
        body = f"{drift_mark(name)}\nWhat drifted is longer than an issue. It is {run.holder} of [this run]({run.page}).\n"
    ours = _ours(host, name)
    if not ours:
        return f"Opened issue {host.open_issue(title, body)}."
    first, *others = ours
    for superfluous in others:
        host.close_issue(superfluous.number, f"The same as issue {first.number}.")
    if (first.title, first.body.replace("\r\n", "\n").strip()) == (title, body.strip()):
        return f"Issue {first.number} says so already."
    host.edit_issue(first.number, title, body)
    return f"Issue {first.number} is up to date."


def closed(host: Service, name: str, page: str) -> str:
    """Close the issue, if there is one."""
    ours = _ours(host, name)
    for issue in ours:
        host.close_issue(issue.number, f"The stores are as the state remembers them again, as [this run]({page}) found.")
    return f"Closed issue {ours[0].number}: there is no drift any more." if ours else "No drift, and no issue about it."


def _ours(host: Service, name: str) -> list[Issue]:
    return [issue for issue in host.issues() if issue.body.startswith(drift_mark(name))]


if __name__ == "__main__":
    leave(main)
