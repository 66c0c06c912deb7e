"""What any provider must show. In one line: `for check in CHECKS: check(specimen)`.

With pytest, each check a test of its own:

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_my_provider(check):
        check(MINE)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from catalogctl.testing import adversity, convergence, declaration, encounters, nonsense, review
from catalogctl.testing.specimen import Specimen

Check: TypeAlias = Callable[[Specimen], None]

CHECKS: Final[tuple[Check, ...]] = (
    *declaration.CHECKS,
    *convergence.CHECKS,
    *encounters.CHECKS,
    *review.CHECKS,
    *adversity.CHECKS,
    *nonsense.CHECKS,
)
"""From the simplest to the hardest: the first that fails tells most."""
