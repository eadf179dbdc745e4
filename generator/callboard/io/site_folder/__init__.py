"""Files of a site → a folder, in one commit that an interruption does not damage."""
