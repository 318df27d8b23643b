//! Shows a run's verdicts as one comment and one check run.
