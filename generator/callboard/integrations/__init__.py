"""What the world knows: each file asks one system and translates its answers into neutral facts."""
