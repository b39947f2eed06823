"""What the catalogues of places (facilities, devices) share: an entry is folded from its facts, each of which says all
anew; its row is a cache. Knows no catalogue by name."""
