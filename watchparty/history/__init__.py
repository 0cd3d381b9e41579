"""What outlives a party: recorded behind the party's back, read by administrators."""
