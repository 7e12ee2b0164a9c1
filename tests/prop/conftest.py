"""What the property tests share: the programs' folder and a database server."""
import os
from pathlib import Path

import pytest

from pgserver import Server


@pytest.fixture(scope="session")
def bin_dir():
    return Path(os.environ.get("BIN", Path(__file__).resolve().parents[2] / "build/bin"))


@pytest.fixture(scope="session")
def pg():
    """A server; pg.env is the environment that leads to it, pg.sql("...") asks it."""
    server = Server()
    yield server
    server.close()
