//! Values with written units. kB = 1000 bytes and KiB = 1024 bytes, as the SI and IEC have them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A text that is no value with a unit.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is no {what}: write it like {example}")]
pub struct InvalidUnit {
    text: String,
    what: &'static str,
    example: &'static str,
}

/// A number of bytes, written with its unit: `170 kB`, `40 KiB`, `1.5 MB`, `200 B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

/// A number of milliseconds: `800 ms`, `2.5 s`, `5 min`, or a bare number of milliseconds as
/// Lighthouse writes it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Millis(f64);

/// A percentage, written with its sign: `2 %`, `0.5%`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(f64);

impl ByteSize {
    const WHAT: &'static str = "size";
    const EXAMPLE: &'static str = "`170 kB`, `40 KiB` or `200 B`";

    /// The value in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl Millis {
    const WHAT: &'static str = "duration";
    const EXAMPLE: &'static str = "`800 ms`, `2.5 s` or `5 min`";

    /// The value in milliseconds; finite and not negative.
    pub const fn value(self) -> f64 {
        self.0
    }

    /// The value as a duration.
    pub fn duration(self) -> std::time::Duration {
        std::time::Duration::try_from_secs_f64(self.0 / 1000.0).unwrap_or(std::time::Duration::MAX)
    }

    /// From milliseconds.
    pub fn from_millis(value: u32) -> Self {
        Self(f64::from(value))
    }
}

impl Percent {
    const WHAT: &'static str = "percentage";
    const EXAMPLE: &'static str = "`2 %`";

    /// The value as a ratio: `2 %` is 0.02.
    pub fn ratio(self) -> f64 {
        self.0 / 100.0
    }

    /// From a number of percent.
    pub fn from_percent(value: u32) -> Self {
        Self(f64::from(value))
    }
}

/// Splits `170 kB` into a finite number that is not negative, and its unit.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    number.is_finite().then(|| (number, unit.trim()))
}

impl FromStr for ByteSize {
    type Err = InvalidUnit;

    fn from_str(text: &str) -> Result<Self, InvalidUnit> {
        let bytes = split(text).and_then(|(number, unit)| {
            let factor = match unit {
                "B" => 1.0,
                "kB" | "KB" => 1e3,
                "MB" => 1e6,
                "GB" => 1e9,
                "KiB" => 1024.0,
                "MiB" => 1024.0 * 1024.0,
                "GiB" => 1024.0 * 1024.0 * 1024.0,
                "" if number == 0.0 => 0.0,
                _ => return None,
            };
            let bytes = (number * factor).round();
            // Above 2^53 a float no longer counts single bytes; no budget is that large.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "range is checked"
            )]
            (bytes <= 9e15).then_some(bytes as u64)
        });
        bytes.map(Self).ok_or_else(|| InvalidUnit {
            text: text.to_owned(),
            what: Self::WHAT,
            example: Self::EXAMPLE,
        })
    }
}

impl FromStr for Millis {
    type Err = InvalidUnit;

    fn from_str(text: &str) -> Result<Self, InvalidUnit> {
        let millis = split(text).and_then(|(number, unit)| {
            let factor = match unit {
                "" | "ms" => 1.0,
                "s" => 1e3,
                "min" | "m" => 60e3,
                "h" => 3600e3,
                _ => return None,
            };
            Some(number * factor)
        });
        millis.map(Self).ok_or_else(|| InvalidUnit {
            text: text.to_owned(),
            what: Self::WHAT,
            example: Self::EXAMPLE,
        })
    }
}

impl FromStr for Percent {
    type Err = InvalidUnit;

    fn from_str(text: &str) -> Result<Self, InvalidUnit> {
        let percent = split(text).and_then(|(number, unit)| (unit == "%").then_some(number));
        percent.map(Self).ok_or_else(|| InvalidUnit {
            text: text.to_owned(),
            what: Self::WHAT,
            example: Self::EXAMPLE,
        })
    }
}

macro_rules! read_from_text_or_number {
    ($type:ident, $pattern:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(formatter, "a {} like {}", $type::WHAT, $type::EXAMPLE)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }

                    fn visit_u64<E: Error>(self, number: u64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_i64<E: Error>(self, number: i64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_f64<E: Error>(self, number: f64) -> Result<$type, E> {
                        self.visit_str(&number.to_string())
                    }
                }
                deserializer.deserialize_any(Text)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let text = format!("A {} like {}.", $type::WHAT, $type::EXAMPLE);
                json_schema!({
                    "description": text,
                    "type": ["string", "number"],
                    "pattern": $pattern
                })
            }
        }
    };
}
read_from_text_or_number!(ByteSize, r"^\d+(\.\d+)? ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$");
read_from_text_or_number!(Millis, r"^\d+(\.\d+)? ?(ms|s|min|m|h)?$");
read_from_text_or_number!(Percent, r"^\d+(\.\d+)? ?%$");

impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
        let bytes = self.0 as f64;
        match self.0 {
            0..1_000 => write!(formatter, "{} B", self.0),
            1_000..1_000_000 => write!(formatter, "{:.1} kB", bytes / 1e3),
            _ => write!(formatter, "{:.2} MB", bytes / 1e6),
        }
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 10_000.0 {
            write!(formatter, "{:.0} ms", self.0)
        } else {
            write!(formatter, "{:.1} s", self.0 / 1e3)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ByteSize, Millis, Percent};

    #[test]
    fn kilo_is_1000_and_kibi_is_1024() {
        let cases = [
            ("170 kB", 170_000),
            ("170kB", 170_000),
            ("40 KiB", 40_960),
            ("1.5 MB", 1_500_000),
            ("200 B", 200),
            ("0", 0),
        ];
        for (text, bytes) in cases {
            assert_eq!(text.parse::<ByteSize>().unwrap().bytes(), bytes, "{text}");
        }
        for bad in [
            "",
            "170",
            "kB",
            "-1 kB",
            "1e3 kB",
            "170 kb",
            "NaN B",
            "1 2 kB",
            "99999999 GB",
        ] {
            assert!(bad.parse::<ByteSize>().is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_and_percentages_carry_units() {
        let cases = [
            ("800", 800.0),
            ("800 ms", 800.0),
            ("2.5 s", 2500.0),
            ("5 min", 300_000.0),
        ];
        for (text, millis) in cases {
            assert!(
                (text.parse::<Millis>().unwrap().value() - millis).abs() < 1e-9,
                "{text}"
            );
        }
        assert!("5 days".parse::<Millis>().is_err());
        assert!(("2 %".parse::<Percent>().unwrap().ratio() - 0.02).abs() < 1e-12);
        assert!("2".parse::<Percent>().is_err());
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,12}") {
            let _ = (text.parse::<ByteSize>(), text.parse::<Millis>(), text.parse::<Percent>());
        }
    }
}
