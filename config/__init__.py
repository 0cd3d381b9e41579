"""The frame: settings, addresses, checks and the ASGI composition root."""
