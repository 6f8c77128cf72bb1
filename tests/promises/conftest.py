"""Fixtures of the promises: the running API of the integration tests."""

from tests.integration.conftest import api as api
