"""Addresses of the clock."""

from django.urls import path

from sync import pages
from sync.health import health, ready
from sync.views import time

urlpatterns = [
    path("api/time", time, name="api-time"),
    path("api/health", health, name="api-health"),
    path("api/ready", ready, name="api-ready"),
    path("clock/", pages.dashboard, name="clock-dashboard"),
    path("clock/visualize/", pages.visualize, name="clock-visualize"),
    path("clock/simulate/", pages.simulate, name="clock-simulate"),
    path("clock/learn/", pages.learn, name="clock-learn"),
]
