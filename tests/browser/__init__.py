"""Tests in real Chromium browsers against the production server."""
