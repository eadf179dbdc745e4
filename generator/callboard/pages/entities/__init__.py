"""Entity → its page: header and sections, with what a page depends on."""
