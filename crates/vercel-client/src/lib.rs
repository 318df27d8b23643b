//! What the suite needs of Vercel's REST API.
