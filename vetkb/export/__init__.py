"""What the base holds, in the formats of other programs; each module loads what it needs and no more."""
