"""The proof: counts, fingerprints, buckets, rows. A rung of this ladder looks only at what failed above it."""
