"""Time: the media clock, the probes that carry it to browsers, and the walls in front of every socket."""
