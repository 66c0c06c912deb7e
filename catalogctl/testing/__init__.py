"""What any provider or backend must show, ours or others', run in one line.

    for check in catalogctl.testing.conformance.CHECKS:
        check(specimen)

    for check in catalogctl.testing.backend_conformance.CHECKS:
        check(place)

Each check is a plain function whose docstring says what is true. One that fails raises AssertionError, or lets through what the
provider or backend raised by itself. No test runner is needed.
"""
