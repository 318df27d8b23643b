//! Finds and reads stagegate.yml, with positions in errors and units in values.
