"""The truth about live rooms: the contract, and the stores that keep it."""
