"""What the suite takes beside its database's limit: `make bench`."""
