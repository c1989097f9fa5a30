"""What was issued, what people made of it, what it should be now: the rules by which the three meet."""
