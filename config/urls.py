"""Addresses: the clock pages and interfaces, the rooms, the admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("sync.urls")),
    path("", include("watchparty.urls")),
]
