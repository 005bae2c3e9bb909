"""The page's modules by themselves: their tests, tests/js/*.test.js, run in Node."""

import pytest
from modules import SCRIPTS, run


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.test.js")), ids=lambda path: path.name.partition(".")[0])
def test_modules(path):
    run("--test", path, seconds=120)
