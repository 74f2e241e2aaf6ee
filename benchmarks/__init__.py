"""How fast this server is, as ratios to what could be had without it. `make bench` runs all of it."""
