"""The documentation folder of a repository → pages: safe HTML with titles, contents, links and problems. No site, no templates."""
