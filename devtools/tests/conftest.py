"""What the tests of the tool share."""

import os

import pytest

from devtools import postgres
from devtools.databases import Databases
from devtools.test import BASE_VARIABLE


@pytest.fixture
def databases():
    """The databases of this clone, on the server that ./dev test uses."""
    if BASE_VARIABLE not in os.environ:
        pytest.skip("runs under ./dev test")
    return Databases(postgres.external(os.environ), "tested by itself")


@pytest.fixture
def base_template():
    """The name of the template with Odoo and demo data."""
    return os.environ[BASE_VARIABLE]
