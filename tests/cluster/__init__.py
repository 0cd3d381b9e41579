"""A whole deployment on loopback, viewers who live in it, and what both must show."""
