"""Addresses of the clock."""

from django.urls import path

from sync.health import health, ready
from sync.pages import tab
from sync.views import time

urlpatterns = [
    path("api/time", time, name="api-time"),
    path("api/health", health, name="api-health"),
    path("api/ready", ready, name="api-ready"),
    # The same by the names that orchestrators know.
    path("healthz", health, name="healthz"),
    path("readyz", ready, name="readyz"),
    path("clock/", tab, {"key": "dashboard"}, name="clock-dashboard"),
    path("clock/visualize/", tab, {"key": "visualize"}, name="clock-visualize"),
    path("clock/simulate/", tab, {"key": "simulate"}, name="clock-simulate"),
    path("clock/learn/", tab, {"key": "learn"}, name="clock-learn"),
]
