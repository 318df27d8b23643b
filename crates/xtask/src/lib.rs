//! Repository chores: sync, docs, bench, lint-workflows, lock.
