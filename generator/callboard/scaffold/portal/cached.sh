# The digest of the site in the cache, to compare it with the published one.
cached=$(sha256sum SITE/.callboard-site 2> /dev/null | cut -c -64 || true)
