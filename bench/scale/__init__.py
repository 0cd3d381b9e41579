"""What many viewers would need: measured costs, and a simulation of what arithmetic cannot say."""
