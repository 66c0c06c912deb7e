"""What a shell offers while a command line is typed: commands, options, and the names of the project.

A key press waits for it, so that nothing is imported here that is not needed: the commands and their options are kept beside the names
of the project (`name_index`), and both are made again when they are out of date.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from catalogctl import __version__
from catalogctl.config import name_index
from catalogctl.config.cache import Cache, open_cache
from catalogctl.system.safe_folder import SafeFolder

VARIABLE: Final = "_CATALOGCTL_COMPLETE"
"""Says which shell asks, as click has it."""
_HARMLESS: Final = re.compile(r"[\w./@:+,-]+=?", re.ASCII)
"""What may be put on a command line without a shell making anything of it."""
_ADDRESS: Final = re.compile(rb'"address": ?"([^"\\]{1,1000})"')
_LARGEST_STATE: Final = 64 * 1024 * 1024
_GLOBAL: Final = "global"
_SHAPES: Final[Sequence[tuple[str, str]]] = (
    ("EXPRESSION", "expression"),
    ("NAME,…", "columns"),
    ("NAMES", "sheet columns"),
    ("HARM=N", "harms"),
    ("EDITION…", "own editions"),
    ("ADDRESS", "addresses"),
    ("GLOB", "targets"),
    ("TITLE", "titles"),
    ("CODE", "codes"),
    ("FIELD", "fields"),
    ("ACCOUNT", "accounts"),
    ("RUN", "runs"),
)
"""Words in the form of a parameter → the kinds of names that it takes."""
_JOINING: Final = ("and", "or", "not", "in", "exists")
"""Words between the comparisons of an expression."""
_BY_NAME: Final[Mapping[str, str]] = {
    "source": "addresses",
    "target": "addresses",
    "account": "accounts",
    "run": "runs",
    "global_environment": "environments",
    "kind": "schemas",
    "old": "titles",
    "into": "titles",
    "accounts": "accounts",
    "serial": "serials",
    "layout": "layouts",
}
"""Parameters whose form says nothing → the kind of names that they take."""


def complete(environment: Mapping[str, str] = os.environ) -> None:
    """Write what a shell may offer at this place of a command line; nothing where anything is wrong."""
    gc.disable()  # nothing lives long enough to be worth looking for
    shell = environment.get(VARIABLE, "").partition("_")[0]
    try:
        words, incomplete = _typed(shell, environment)
        is_quoted = _is_open(environment["COMP_WORDS"]) or _is_open(environment["COMP_CWORD"])
        with open_cache(environment) as cache:
            found = list(_Completion(cache, _spec(cache), words, incomplete, is_quoted=is_quoted).offers())
    except Exception:  # noqa: BLE001 -- whoever types wants no traceback in the middle of a line
        return
    finally:
        gc.enable()
    sys.stdout.write("".join(f"{line}\n" for line in _written(shell, found)))
    sys.stdout.flush()


def _typed(shell: str, environment: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the words before the one that is typed, without the program's name, and that one as far as it has come."""
    words = _words(environment["COMP_WORDS"])
    if shell == "fish":
        incomplete = (_words(environment["COMP_CWORD"]) or [""])[0]
        before = words[1:]
        return (before[:-1] if incomplete and before and before[-1] == incomplete else before), incomplete
    place = int(environment["COMP_CWORD"])
    before, incomplete = words[1:place], words[place] if place < len(words) else ""
    # bash takes `--option=value` for three words
    if incomplete == "=" and before:
        incomplete = ""
    elif before[-1:] == ["="]:
        before.pop()
    return before, incomplete


def _words(line: str) -> list[str]:
    import shlex

    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters = True, ""
    found: list[str] = []
    try:
        found.extend(lexer)
    except ValueError:  # a quote that is not closed yet
        found.append(lexer.token)
    return found


def _is_open(line: str) -> bool:
    """Return whether a quote is opened on a line and not closed yet."""
    import shlex

    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        list(lexer)
    except ValueError:
        return True
    return False


def _written(shell: str, offers: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    for kind, value, explained in offers:
        if shell == "zsh":
            yield from (kind, value.replace(":", r"\:") if explained else value, explained or "_")
        elif shell == "fish" and explained:
            yield f"{kind},{value}\t{explained}"
        else:
            yield f"{kind},{value}"


# -- commands and options ------------------------------------------------------------------------------------------------


def _spec(cache: Cache) -> Mapping[str, Any]:
    """Return the commands with their options, and what is the same in every project; made again by another version."""
    kind = f"{__version__} {_age()}"
    known = cache.names("", kind)
    if known is None:
        known = json.dumps(_made_spec()).encode()
        cache.remember_names("", {kind: known})
    spec: Mapping[str, Any] = json.loads(known)
    return spec


def _age() -> int:
    """Return when a command was changed last: in a checkout, versions stay while commands change."""
    found = [entry.stat().st_mtime_ns for entry in os.scandir(Path(__file__).parent) if entry.name.endswith(".py")]
    return max(found, default=0)


def _made_spec() -> Mapping[str, Any]:
    import click

    from catalogctl.cli.command import GLOBAL
    from catalogctl.cli.export.sheet import LAYOUTS
    from catalogctl.cli.main import cli
    from catalogctl.planning.risk.safety import Harm
    from catalogctl.query.fields import Fields
    from catalogctl.sheets.columns import own_names
    from catalogctl.view.words.codes import explained_codes

    return {
        "root": _command(cli, click.Context(cli)),
        _GLOBAL: [_option(one) for one in GLOBAL],
        "codes": list(explained_codes()),
        "fields": list(Fields().names()),
        "harms": [f"{harm}=" for harm in Harm],
        "layouts": list(LAYOUTS),
        "sheet columns": list(own_names(Fields())),
    }


def _command(command: Any, context: Any) -> dict[str, Any]:
    import click

    own = click.Command.get_params(command, context)
    options = [_option(one) for one in own if isinstance(one, click.Option) and not one.hidden]
    arguments = [_parameter(one) for one in own if isinstance(one, click.Argument)]
    inner: dict[str, Any] = {}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and not found.hidden:
                inner[name] = _command(found, click.Context(found, parent=context))
    return {"help": command.get_short_help_str(80), "options": options, "arguments": arguments, "commands": inner}


def _option(option: Any) -> dict[str, Any]:
    explained = (option.help or "").partition(".  [")[0].rstrip(".")
    return {**_parameter(option), "names": [*option.opts, *option.secondary_opts], "value": not option.is_flag, "help": explained}


def _parameter(parameter: Any) -> dict[str, Any]:
    import click

    form = parameter.metavar or ""
    kinds = [kind for word, kind in _SHAPES if word in form]
    if not kinds and parameter.name in _BY_NAME:
        kinds = [_BY_NAME[parameter.name]]
    choices = list(parameter.type.choices) if isinstance(parameter.type, click.Choice) else []
    files = ""
    if isinstance(parameter.type, click.Path) or form in {"DIR", "[DIR]", "FILE"}:
        files = "dir" if "DIR" in form else "file"
    return {"kinds": kinds, "choices": choices, "files": files, "many": parameter.nargs == -1}


# -- the place that is typed at --------------------------------------------------------------------------------------------


class _Completion:
    """One key press."""

    def __init__(self, cache: Cache, spec: Mapping[str, Any], words: Sequence[str], incomplete: str, *, is_quoted: bool) -> None:
        self._cache = cache
        self._is_quoted = is_quoted
        self._spec = spec
        self._incomplete = incomplete
        self._head = ""
        """What is before the part of the word that is completed."""
        self._given: dict[str, str] = {}
        """Global options that the line has so far."""
        self._command: Mapping[str, Any] = spec["root"]
        self._pending: Mapping[str, Any] | None = None
        """The option whose value comes next."""
        self._arguments: list[str] = []
        self._only_arguments = False
        for word in words:
            self._read(word)

    def _read(self, word: str) -> None:
        if self._pending is not None:
            self._given[self._pending["names"][0]] = word
            self._pending = None
        elif word == "--":
            self._only_arguments = True
        elif word.startswith("-") and len(word) > 1 and not self._only_arguments:
            name, equals, value = word.partition("=")
            option = self._option(name)
            if option is not None and option["value"]:
                if equals:
                    self._given[option["names"][0]] = value
                else:
                    self._pending = option
        elif word in self._command["commands"] and not self._arguments:
            self._command = self._command["commands"][word]
        else:
            self._arguments.append(word)

    def _options(self) -> list[Mapping[str, Any]]:
        return [*self._command["options"], *self._spec[_GLOBAL]]

    def _option(self, name: str) -> Mapping[str, Any] | None:
        return next((one for one in self._options() if name in one["names"]), None)

    def offers(self) -> Iterator[tuple[str, str, str]]:
        """List what fits: its type as click has it, what is to be typed, and what it is."""
        if self._pending is not None:
            yield from self._values(self._pending, self._incomplete)
            return
        word = self._incomplete
        if word.startswith("-") and not self._only_arguments:
            name, equals, value = word.partition("=")
            option = self._option(name)
            if equals and option is not None:
                self._head = f"{name}="
                yield from self._values(option, value)
                return
            for one in self._options():
                for spelling in one["names"]:
                    if spelling.startswith(word):
                        yield ("plain", spelling, one["help"])
            return
        if self._command["commands"] and not self._arguments:
            for name, command in self._command["commands"].items():
                if name.startswith(word):
                    yield ("plain", name, command["help"])
            return
        arguments = self._command["arguments"]
        there = len(self._arguments)
        if arguments and (there < len(arguments) or arguments[-1]["many"]):
            yield from self._values(arguments[min(there, len(arguments) - 1)], word)

    def _values(self, parameter: Mapping[str, Any], typed: str) -> Iterator[tuple[str, str, str]]:
        if parameter["files"] and not parameter["kinds"]:
            yield (parameter["files"], typed, "")
        if "expression" in parameter["kinds"]:
            # A shell puts back what it gets in the place of all that is between the quotes: what is before a word stays as it is.
            before = max(typed.rfind(sign) for sign in " (,") + 1
            if before and not self._is_quoted:
                return
            self._head += typed[:before]
            typed = typed[before:]
        names = (*parameter["choices"], *(name for kind in parameter["kinds"] for name in self._names(kind, typed)))
        fitting = list(dict.fromkeys(name for name in names if name.startswith(typed)))
        if _HARMLESS.fullmatch("".join(fitting)) is None:
            fitting = [name for name in fitting if _HARMLESS.fullmatch(name)]
        for name in fitting:
            yield ("plain", f"{self._head}{name}", "")

    # -- the names of the project --

    def _names(self, kind: str, typed: str) -> Iterable[str]:
        match kind:
            case "codes":
                return self._spec["codes"] if typed else ()
            case "harms" | "layouts":
                return list(self._spec[kind])
            case "schemas":
                return ("title", "defaults", "catalogctl")
            case "titles":
                return self._kept(name_index.EDITIONS if "." in typed else name_index.TITLES)
            case "targets":
                accounts = self._about.get("accounts", []) if typed else []
                is_address = "/" in typed or any(name.startswith(typed) for name in accounts)
                titles = [] if "/" in typed else self._kept(name_index.EDITIONS if "." in typed else name_index.TITLES)
                return (*titles, *(self._addresses() if is_address else ()))
            case "addresses":
                return self._addresses()
            case "fields":
                return (*self._spec["fields"], *self._kept(name_index.FIELDS))
            case "own editions":
                own = f"{self._arguments[0]}." if self._arguments else ""
                return [name.removeprefix(own) for name in self._kept(name_index.EDITIONS) if own and name.startswith(own)]
            case "columns":
                head = typed[: typed.rfind(",") + 1]
                head += "-" if typed.startswith("-", len(head)) else ""
                names = ("title", "name", "status", *self._spec["fields"], *self._kept(name_index.FIELDS))
                return (f"{head}{name}" for name in names)
            case "sheet columns":
                head = typed[: typed.rfind(",") + 1]
                currencies = [name.removeprefix("prices.") for name in self._kept(name_index.FIELDS) if name.startswith("prices.")]
                return (f"{head}{name}" for name in (*self._spec[kind], *currencies, *self._about.get("accounts", ())))
            case "expression":
                return (*self._spec["fields"], *self._kept(name_index.FIELDS), *(_JOINING if self._head else ()))
            case "accounts" | "environments":
                found = self._about.get(kind)
                return found if isinstance(found, list) else ()
            case "runs":
                return self._runs()
            case "serials":
                return self._serials()
            case _:
                return ()

    @cached_property
    def _project(self) -> tuple[str, str] | None:
        """The folder and the environment that the line is about."""
        from catalogctl.config.find_project import find_project

        folder = self._given.get("-C")
        found = Path(folder) if folder is not None else find_project(Path())
        if found is None:
            return None
        return os.path.realpath(found), self._given.get("--env") or os.environ.get("CATALOGCTL_ENV") or "default"

    @cached_property
    def _about(self) -> Mapping[str, Any]:
        """What is known of the project; found out where it is not known or out of date."""
        project = self._project
        if project is None:
            return {}
        key = name_index.key_of(*project)
        about: Mapping[str, Any] = json.loads(self._cache.names(key, name_index.ABOUT) or b"{}")
        if not name_index.is_current(project[0], about):
            _look(self._cache, *project)
            about = json.loads(self._cache.names(key, name_index.ABOUT) or b"{}")
        return about

    def _kept(self, kind: str) -> list[str]:
        project = self._project
        if project is None or not self._about:
            return []
        return (self._cache.names(name_index.key_of(*project), kind) or b"").decode().split("\n")

    def _addresses(self) -> list[str]:
        """List what the files declare and what state records."""
        project = self._project
        if project is not None and self._cache.names(name_index.key_of(*project), name_index.ADDRESSES) is None:
            _compile(*project)
        declared = self._kept(name_index.ADDRESSES)
        if not self._about.get("compiled"):
            # They are those of an earlier look, and some of their editions may be gone.
            editions = set(self._kept(name_index.EDITIONS))
            declared = [name for name in declared if name.count("/") > 1 and name.split("/")[2] in editions]
        return list(dict.fromkeys([*declared, *self._recorded()]))

    def _recorded(self) -> list[str]:
        state, environment = self._state()
        try:
            data = b"" if state is None else state.read(f"{environment}.json", _LARGEST_STATE)
        except OSError:
            return []
        return [found.decode(errors="replace") for found in _ADDRESS.findall(data)]

    def _runs(self) -> list[str]:
        """List the runs that have a record, the newest first."""
        state, environment = self._state()
        try:
            there = [] if state is None else state.folder("runs").names()
        except OSError:
            return []
        parted = [name.removesuffix(".jsonl").partition(".") for name in there if name.endswith(".jsonl")]
        return sorted((name for known, _, name in parted if known == environment), reverse=True)

    def _serials(self) -> list[str]:
        """List the serials of the states that are kept, the newest first."""
        state, environment = self._state()
        try:
            there = [] if state is None else state.folder("history").names()
        except OSError:
            return []
        parted = [name.removesuffix(".json").rpartition(".") for name in there if name.endswith(".json")]
        kept = {int(number) for known, _, number in parted if known == environment and number.isdecimal()}
        return [str(serial) for serial in sorted(kept, reverse=True)]

    def _state(self) -> tuple[SafeFolder | None, str]:
        """Return the folder of the state, where it is in the project, and the environment."""
        project, state = self._project, self._about.get("state")
        if project is None or not state:
            return None, ""
        return SafeFolder.within([Path(project[0])], Path(str(state)), mode=None), project[1]


def _look(cache: Cache, root: str, environment: str) -> None:
    """Read a project's files and keep its names; slow, and done once for each change of the catalog."""
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project

    project = load_project(Path(root), environment)
    documents = load(project, cache)
    name_index.remember_names(cache, documents, None, str(project.root / project.backend.path))


def _compile(root: str, environment: str) -> None:
    """Compile a project, which keeps its addresses; slow, and done where no command has done it yet."""
    from catalogctl.engine.workspace import read_workspace

    read_workspace(Path(root), environment, lambda _: None)
