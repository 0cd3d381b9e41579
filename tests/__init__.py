"""Tests as sentences; refusals first."""
