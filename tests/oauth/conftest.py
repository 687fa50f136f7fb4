"""What the sign-in suites share: the authorization servers nobody here wrote."""

import pytest

from foreign import Server


@pytest.fixture(scope="module")
def oidc():
    """The certified oidc-provider, for one file of tests."""
    server = Server("oidc", "/auth")
    yield server
    server.close()


@pytest.fixture
def provider(oidc):
    """The same as it is before anybody changes it."""
    oidc.settings(lifetime=3600, rotate=True, delay=0, cut=0, issuer=None)
    return oidc


@pytest.fixture(scope="module")
def mock():
    """oauth2-mock-server, for one file of tests."""
    server = Server("mock", "/authorize")
    yield server
    server.close()


@pytest.fixture
def faulty(mock):
    """The same without a fault yet."""
    mock.settings(lifetime=3600, fault=None, times=0, way=None, wants=None)
    return mock
