"""Faults as they are reported of in JSON."""

import pytest

from catalogctl.sandbox.faults import fault_from


def test_a_body_that_is_no_text_is_sent_as_the_json_it_is() -> None:
    assert fault_from({"kind": "fail", "status": 422, "body": {"message": "x"}}).answer().body == b'{"message":"x"}'
    assert fault_from({"kind": "fail", "body": "plain"}).answer().body == b"plain"


@pytest.mark.parametrize("told", [{"kind": "fail", "foo": 1}, {"status": 500}])
def test_what_is_no_fault_is_refused_with_what_one_may_have(told: dict[str, str | int]) -> None:
    with pytest.raises(ValueError, match=r"it may have body, count, emulator, headers, kind, method, path, rows, seconds, skip, status"):
        fault_from({**told})
