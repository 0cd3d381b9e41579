"""The pure half of `watchparty`: the wire, the room and its rules; no I/O, no clock read."""
