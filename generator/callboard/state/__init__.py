"""What is kept between builds: the last good copy of every source, and what changed when."""
