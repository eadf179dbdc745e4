sha256sum SITE/.callboard-site | cut -c -64 > .callboard/published
tar -cf state.tar -C .callboard state blobs base published
