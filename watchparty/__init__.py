"""Watch parties: rooms whose playhead every browser follows."""
