//! Reads a Build Output API folder: its files, their digests, and the digest of the whole.
