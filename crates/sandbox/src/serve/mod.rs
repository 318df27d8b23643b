//! Serves one deployment's `.vercel/output` on a port of its own.
