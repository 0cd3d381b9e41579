"""The three servers before which nginx is put."""

from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster


@pytest.fixture
def servers(cluster: Cluster) -> Cluster:
    """The cluster of this session, under the name that these tests have for it."""
    return cluster


@pytest.fixture
def collected_files(cluster: Cluster) -> Path:
    """The folder of the static files under the names that a real site gives them."""
    assert cluster.static is not None
    return cluster.static
