"""How far apart the pictures of viewers are, in real Chromium, by the law that steers them."""
