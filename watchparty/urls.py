"""Addresses of the party's pages and films."""

from django.urls import path

from watchparty import media, views

app_name = "watchparty"

urlpatterns = [
    path("", views.home, name="home"),
    path("clock/party/", views.party, name="party"),
    path("rooms/", views.create_room, name="create_room"),
    path("rooms/<slug:slug>/", views.room, name="room"),
    path("media/<path:name>", media.film, name="film"),
]
