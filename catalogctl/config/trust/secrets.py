"""Secret references of account blocks: judged when the project is read, followed only when a store is opened."""

from __future__ import annotations

import errno
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from catalogctl.config.project import Project
from catalogctl.config.schema.meant import variable_meant
from catalogctl.config.syntax.encoding import CONTROL
from catalogctl.config.trust.pins import located, own_variable, pinned_files
from catalogctl.config.trust.variables import SECRET_FILES, VARIABLE_NAME, expanded, in_ci, paths
from catalogctl.model.account import SecretPlace, SecretReference
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, SourceRange, error
from catalogctl.model.value import Secret
from catalogctl.system.file import read_whole

LONGEST_SECRET: Final = 8 * 1024
"""Bytes of a key: no common server takes a longer header, and the longest keys in use (signed tokens) have 4 KiB at most."""

_REFERENCE = re.compile(r"\$\{(env|file):([^}]+)\}")
_MALFORMED = re.compile(r"\s*\$\{?\s*(?:env|file|var|secrets?)[.:]?[\w./-]*\s*\}?\s*", re.IGNORECASE)
_CONTROL = re.compile(f"[{CONTROL}]")
_NOT_IN_A_LINE = re.compile(f"[{CONTROL}\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class SecretSetting:
    """One secret setting of one account block."""

    project: Project
    account: str
    setting: str
    environment: Mapping[str, str]

    @property
    def written(self) -> object:
        """What the project file says; `None` where it says nothing."""
        return self.project.accounts[self.account].get(self.setting)

    @property
    def place(self) -> SourceRange:
        """Where the project file says it, with the text hidden unless it is a reference."""
        return _masked(self.project.place(("accounts", self.account, self.setting)))

    def reference(self) -> SecretReference | Diagnostic | None:
        """Read the reference; `None` where there is none."""
        if self.written is None:
            return None
        found = _REFERENCE.fullmatch(self.written) if isinstance(self.written, str) else None
        if found is None:
            meant = variable_meant(self.written) if isinstance(self.written, str) else ""
            if meant:
                detail = f"`{self.setting}` of account {self.account} is meant to be looked up, and is not written as a reference is."
                hint = f'Write\n{self.setting}: "${{env:{meant}}}"\nand give {meant} to the job in its environment.'
                return error("secret-reference", "Not a reference to a secret", detail, hint).at(self.place)
            if isinstance(self.written, str) and _MALFORMED.fullmatch(self.written):
                detail = f"`{self.setting}` of account {self.account} begins as a reference does, and is none."
                named = own_variable(self.account, self.setting)
                hint = (
                    "A reference names a variable or a file, and ends with a brace:\n"
                    f'{self.setting}: "${{env:{named}}}"\n{self.setting}: "${{file:secrets/key}}"'
                )
                return error("secret-reference", "A malformed reference to a secret", detail, hint).at(self.place)
            where = "in the file, where everybody who can read the repository can read it"
            detail = f"`{self.setting}` of account {self.account} is written {where}."
            hint = (
                f'Keep it outside, and refer to it:\n{self.setting}: "${{env:{own_variable(self.account, self.setting)}}}"\n'
                "If it was ever committed, have the store issue a new one."
            )
            return error("secret-literal", "A secret is written out", detail, hint).at(self.place)
        if _CONTROL.search(found[2]) or (found[1] == SecretPlace.ENVIRONMENT and not VARIABLE_NAME.fullmatch(found[2])):
            detail = f"What `{self.setting}` of account {self.account} refers to can be no variable and no file."
            hint = "Write the name of a variable (letters, digits and `_`) or a path without control characters."
            return error("secret-reference", "A reference that leads nowhere", detail, hint).at(self.place)
        return SecretReference(SecretPlace(found[1]), found[2], self.place)

    def lookup(self, reference: SecretReference | None) -> Callable[[], Secret]:
        """Return what reads the secret when it is called.

        Raises:  nothing; the result raises CatalogError (credentials) when the secret is missing, unusable or out of bounds.
        """

        def look_up() -> Secret:
            if reference is None:
                hint = f'Refer to it in the account block:\n{self.setting}: "${{env:{own_variable(self.account, self.setting)}}}"'
                raise self._missing(f"The account has no `{self.setting}`.", hint)
            if reference.place is SecretPlace.ENVIRONMENT:
                return self._from_environment(reference.name)
            return self._from_file(reference.name)

        return look_up

    def _from_environment(self, variable: str) -> Secret:
        text = self.environment.get(variable)
        if text is None:
            raise self._missing(f"The environment variable {variable} is not set.", f"Set it:\nexport {variable}=…")
        if not text.strip():
            why = f"The environment variable {variable} is set, and empty: so CI services set a secret that they do not have or keep back."
            raise self._missing(why, f"Set it, in CI from a secret that this job may use:\nexport {variable}=…")
        return self._one_line(text.strip(), f"the environment variable {variable}")

    def _from_file(self, written: str) -> Secret:
        path = located(self.project.root, written)
        if in_ci(self.environment) and not path.is_relative_to(self.project.root) and not self._is_allowed(path):
            detail = (
                f"Account {self.account} refers to the file {written} for its `{self.setting}`. It lies outside the project, and in CI no "
                "such file is read unless a setting outside the repository names it: a pull request could name any file of the machine."
            )
            hint = f"If it holds the key of this account, allow it where CI keeps its variables:\n{SECRET_FILES}={shlex.quote(str(path))}"
            raise _refusal(error("secret-outside", "A key file outside the project", detail, hint).at(self.place))
        try:
            text = read_whole(path, LONGEST_SECRET).decode().rstrip("\r\n")
        except (FileNotFoundError, NotADirectoryError):
            there = "" if str(path) == written else f", that is {path}"
            raise self._missing(f"There is no file {written}{there}.", "Correct the path, or write the key into this file.") from None
        except UnicodeDecodeError:
            raise self._no_key(f"The file {written} is no text.") from None
        except OSError as broken:
            raise self._unreadable(path, written, broken) from None
        if not text.strip():
            raise self._no_key(f"The file {written} is empty.", "Write the key into it, and nothing else.")
        return self._one_line(text, f"the file {written}")

    def _unreadable(self, path: Path, written: str, broken: OSError) -> CatalogError:
        """Say why a file that is there gives no key."""
        if broken.errno == errno.EFBIG:
            return self._no_key(f"The file {written} has more than {LONGEST_SECRET:,} bytes, the most that a key has.")
        if path.is_dir():
            return self._no_key(f"{written} is a folder.", "Name the file in it that holds the key.")
        detail = f"Account {self.account} needs `{self.setting}`. The file {written} cannot be read: {broken.strerror}."
        hint = "Check who may read it."
        if isinstance(broken, PermissionError):
            hint = f"Make it readable for the user who runs this command only:\nchmod 400 {shlex.quote(str(path))}"
        return _refusal(error("secret-unreadable", "A key file cannot be read", detail, hint).at(self.place))

    def _is_allowed(self, path: Path) -> bool:
        """Return whether a file outside the project is named by a setting outside the repository, itself or by its folder."""
        entries = paths(self.environment, SECRET_FILES)
        for entry in entries:
            if not expanded(entry).is_absolute():
                detail = f"The entry `{entry}` of {SECRET_FILES} is not an absolute path."
                raise CatalogError(error("allowed-file-form", "A key file that cannot be allowed", detail, "Write the whole path."))
        allowed = {located(self.project.root, entry) for entry in entries} | pinned_files(self.environment, self.project.root)
        return any(path.is_relative_to(one) for one in allowed)

    def _one_line(self, text: str, where: str) -> Secret:
        if len(text.encode()) > LONGEST_SECRET:
            raise self._no_key(f"A key has at most {LONGEST_SECRET:,} bytes, and what is in {where} has more.")
        if _NOT_IN_A_LINE.search(text):
            raise self._no_key(f"A key is one line without control characters, and what is in {where} is not.")
        return Secret(text)

    def _no_key(self, why: str, hint: str = "Refer to what holds the key and nothing else.") -> CatalogError:
        detail = f"Account {self.account} needs `{self.setting}`. {why} Nothing of it is sent."
        return _refusal(error("secret-form", "What is referred to is no key", detail, hint).at(self.place))

    def _missing(self, detail: str, hint: str) -> CatalogError:
        detail = f"Account {self.account} needs `{self.setting}`. {detail}"
        return _refusal(error("secret-missing", "A secret is missing", detail, hint).at(self.place))


def environment_reference(written: object) -> str | None:
    """Return the environment variable that a setting refers to, if it does."""
    found = _REFERENCE.fullmatch(written) if isinstance(written, str) else None
    return found[2] if found is not None and found[1] == SecretPlace.ENVIRONMENT else None


def _refusal(problem: Diagnostic) -> CatalogError:
    return CatalogError(problem, refusal=Refusal.CREDENTIALS)


def _masked(place: SourceRange) -> SourceRange:
    """Show the line of a secret without what is in it, unless that is a reference."""
    shown = place.text[place.column - 1 : place.end_column - 1]
    if _REFERENCE.search(shown):
        return place
    text = place.text[: place.column - 1] + "…"
    return replace(place, text=text, end_column=place.column + 1)
