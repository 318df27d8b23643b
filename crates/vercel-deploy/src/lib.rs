//! Deploys, promotes and rolls back on Vercel, and proves each by alias.
