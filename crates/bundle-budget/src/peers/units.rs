//! Sizes as other tools write them.

/// What a kilo is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kilo {
    /// 1000, and KiB is 1024.
    Metric,
    /// 1024, whatever it is called.
    Binary,
}

/// Reads `10 kB`, `1.5MB` or a bare number of bytes, in any case.
pub(super) fn bytes(text: &str, kilo: Kilo) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number: f64 = number.parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let (power, binary) = match unit.as_str() {
        "" | "b" | "byte" | "bytes" => (0, false),
        "kb" => (1, false),
        "mb" => (2, false),
        "gb" => (3, false),
        "kib" => (1, true),
        "mib" => (2, true),
        "gib" => (3, true),
        _ => return None,
    };
    let base: f64 = if binary || matches!(kilo, Kilo::Binary) {
        1024.0
    } else {
        1000.0
    };
    let bytes = (number * base.powi(power)).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "range is checked"
    )]
    (bytes.is_finite() && bytes <= 9e15).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::{Kilo, bytes};

    #[test]
    fn a_kilo_is_what_the_tool_says() {
        for (text, metric, binary) in [
            ("10 kB", Some(10_000), Some(10_240)),
            ("10kb", Some(10_000), Some(10_240)),
            ("1 KiB", Some(1024), Some(1024)),
            ("1.5 MB", Some(1_500_000), Some(1_572_864)),
            ("300", Some(300), Some(300)),
            ("1 s", None, None),
            ("", None, None),
            ("é", None, None),
            ("-1 kB", None, None),
        ] {
            assert_eq!(
                (bytes(text, Kilo::Metric), bytes(text, Kilo::Binary)),
                (metric, binary),
                "{text}"
            );
        }
    }
}
