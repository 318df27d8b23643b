//! Numbers as people read them, the same on every surface.

/// A value with its unit: bytes in kB, long times in seconds. Plain text; an unknown unit is foreign text.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "bytes" if value.abs() >= 999_995.0 => format!("{:.2} MB", value / 1e6),
        "bytes" if value.abs() >= 999.5 => format!("{:.1} kB", value / 1e3),
        "bytes" => format!("{value:.0} B"),
        "ms" if value.abs() >= 9_999.5 => format!("{:.1} s", value / 1e3),
        "ms" if value != 0.0 && value.abs() < 9.95 => format!("{} ms", trimmed(value)),
        "ms" => format!("{value:.0} ms"),
        "ratio" => format!("{:.2} %", value * 100.0),
        "count" | "score" | "" => trimmed(value),
        unit => format!("{} {unit}", trimmed(value)),
    }
}

/// How long something took, from seconds.
pub(crate) fn duration(seconds: i64) -> String {
    match seconds {
        0 => "< 1 s".to_owned(),
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}

/// At most three decimals, none that say nothing.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{counted, duration, quantity};

    #[test]
    fn quantities_read_as_people_say_them() {
        let cases = [
            (999.0, "bytes", "999 B"),
            (999.7, "bytes", "1.0 kB"),
            (138_626.0, "bytes", "138.6 kB"),
            (999_999.0, "bytes", "1.00 MB"),
            (2_345_678.0, "bytes", "2.35 MB"),
            (0.0, "ms", "0 ms"),
            (1.25, "ms", "1.25 ms"),
            (2500.0, "ms", "2500 ms"),
            (9_999.7, "ms", "10.0 s"),
            (12_000.0, "ms", "12.0 s"),
            (0.1, "", "0.1"),
            (-0.0001, "", "0"),
            (0.0123, "ratio", "1.23 %"),
            (90.0, "score", "90"),
            (3.0, "s", "3 s"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(quantity(value, unit), expected);
        }
    }

    #[test]
    fn durations_and_counts_read_as_people_say_them() {
        let cases = [
            (0, "< 1 s"),
            (9, "9 s"),
            (61, "1 min 01 s"),
            (3_720, "1 h 02 min"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(duration(seconds), expected);
        }
        assert_eq!(counted(1, "error"), "1 error");
        assert_eq!(counted(0, "error"), "0 errors");
    }
}
