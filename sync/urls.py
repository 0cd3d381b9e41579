"""Addresses of the clock."""

from django.urls import path

from sync.health import health, ready
from sync.views import time

urlpatterns = [
    path("api/time", time, name="api-time"),
    path("api/health", health, name="api-health"),
    path("api/ready", ready, name="api-ready"),
]
