"""The fan-out of one process: a hub for each live room, and the hub of hubs that finds them."""
