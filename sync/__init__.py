"""Time: the media clock, its probes, and the walls in front of every socket."""
