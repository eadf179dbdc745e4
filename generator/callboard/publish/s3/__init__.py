"""The publisher ``s3``: a site → objects of a bucket."""
