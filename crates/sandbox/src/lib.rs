//! GitHub's and Vercel's APIs on loopback: stateful, strict, with faults on demand.
