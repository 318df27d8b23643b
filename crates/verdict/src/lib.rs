//! The domain of Stagegate: verdicts, findings, metrics, evidence and subjects.
