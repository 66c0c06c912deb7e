"""What a title is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalogctl.planning.change import Change


def title_name(names: Mapping[str, str], title: str, changes: Iterable[Change]) -> str:
    """Return the name that the files have for a title; of one that they no longer have, what the stores call it. Empty where no one knows.

    Shapes:  `names` are those of a plan, by id; `changes` those of the title.
    """
    return names.get(title) or _last_name(changes)


def _last_name(changes: Iterable[Change]) -> str:
    for change in changes:
        name = next((one.name for one in change.type.attributes.values() if one.declared == "title"), "")
        said = (change.before or {}).get(name)
        if isinstance(said, str):
            return said
    return ""
