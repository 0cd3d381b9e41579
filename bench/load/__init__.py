"""A load test for anybody's own site: `python -m bench.load`, or `make load`."""
