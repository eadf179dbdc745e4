"""The portal's announcements → an archive, a page for each, an Atom feed, and what the start page shows of them."""
