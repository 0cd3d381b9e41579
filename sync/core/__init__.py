"""The pure half of `sync`: values in, values out, no clock read and no I/O."""
