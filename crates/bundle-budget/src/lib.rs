//! Holds the first-load JavaScript of every route to its budget, and digests the build.
