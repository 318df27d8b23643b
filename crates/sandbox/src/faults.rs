//! Faults on demand: the nth request of a kind fails in a chosen way.
