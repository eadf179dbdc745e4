"""What a host and the files of a repository say → a descriptor for it, in which each guess names its evidence."""
