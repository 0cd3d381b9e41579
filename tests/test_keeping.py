"""The media clock's base survives restarts within a boot, and nothing more."""

import pytest
from django.db import DatabaseError

from sync import keeping
from sync.models import MediaClockBase

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_a_database_the_clock_begins_anew(monkeypatch, caplog):
    def gone(**_):
        raise DatabaseError

    monkeypatch.setattr(MediaClockBase.objects, "get_or_create", gone)
    assert keeping._kept_base_ms("boot-1", 5.0) == 5.0
    assert "begins anew" in caplog.text


def test_a_restart_on_the_same_boot_goes_on_with_the_first_base():
    assert keeping._kept_base_ms("boot-1", 1_700_000_000_000.25) == 1_700_000_000_000.25
    assert keeping._kept_base_ms("boot-1", 1_700_000_000_999.0) == 1_700_000_000_000.25


def test_another_boot_has_a_base_of_its_own():
    keeping._kept_base_ms("boot-1", 1.0)
    assert keeping._kept_base_ms("boot-2", 2.0) == 2.0
