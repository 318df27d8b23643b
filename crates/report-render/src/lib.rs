//! Pure renderers from a verdict to what people see.
