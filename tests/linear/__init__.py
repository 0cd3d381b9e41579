"""Whether what all viewers saw of a room can have happened one thing after the other."""
