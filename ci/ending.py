"""How a script ends: problems reported as everywhere in catalogctl, and on GitHub as annotations as well."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from catalogctl.cli.exit_codes import ERROR, exit_code
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error
from catalogctl.model.unsafe_path import unsafe_path
from catalogctl.system.safe_folder import UnsafePathError


def tell(*problems: Diagnostic) -> None:
    """Tell problems on stderr; as annotations on stdout, where GitHub reads them."""
    from catalogctl.view.formats import diagnostics_github
    from catalogctl.view.paint.style import Style
    from catalogctl.view.text import diagnostics

    for line in diagnostics.render(problems, width=120, style=Style()):
        print(line, file=sys.stderr)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in diagnostics_github.render(problems):
            print(line)


def leave(main: Callable[[], int]) -> NoReturn:
    """Run a script and leave with its exit code; a refusal is reported and gives that of catalogctl."""
    try:
        code = main()
    except CatalogError as refused:
        tell(*refused.diagnostics)
        code = exit_code(refused.refusal)
    except UnsafePathError as unsafe:
        refusal = unsafe_path(unsafe)
        tell(*refusal.diagnostics)
        code = exit_code(refusal.refusal)
    except Exception as fault:  # noqa: BLE001 -- the last resort: our own fault, or an answer that no document describes
        tell(error("internal", "A fault of catalogctl itself", f"{Path(sys.argv[0]).name}: {type(fault).__name__}: {fault}"))
        code = ERROR
    sys.exit(code)
