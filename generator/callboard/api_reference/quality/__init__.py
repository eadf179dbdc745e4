"""What definitions lack or have wrong for the people who read and use them."""
