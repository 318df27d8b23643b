//! What a verdict shows beyond findings and metrics: tables and charts, as numbers with a unit.
//!
//! A figure explains a verdict and never decides one: surfaces that cannot draw it leave it out. Texts
//! are plain; every renderer escapes them for its own surface.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table or a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Figure {
    /// Rows of texts, such as one row per route.
    Table(Table),
    /// Areas by value, such as the modules of a bundle.
    Treemap(Treemap),
    /// Every sample of some repeated measurements against one limit, such as Lighthouse runs.
    Dots(Dots),
    /// How many samples fell into each range, such as response times.
    Histogram(Histogram),
    /// One value per name, such as security findings by severity.
    Bars(Bars),
}

/// Rows of plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What the table shows.
    pub title: String,
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The rows; a row shorter than the columns ends in empty cells, what is longer is not shown.
    pub rows: Vec<Vec<String>>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// Numbers, which stand to the right.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub number: bool,
}

/// Areas by value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Treemap {
    /// What the chart shows.
    pub title: String,
    /// The unit of all values, as in [`crate::Metric`].
    pub unit: String,
    /// The outermost areas.
    pub areas: Vec<Area>,
}

/// An area of a [`Treemap`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// Its size; at least the sum of its parts.
    pub value: f64,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Area>,
}

/// Every sample of some repeated measurements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dots {
    /// What the chart shows.
    pub title: String,
    /// The unit of all values, as in [`crate::Metric`].
    pub unit: String,
    /// The limit the samples are held to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The measurements, such as base and head.
    pub series: Vec<Series>,
}

/// One repeated measurement of [`Dots`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The samples in the order they were taken.
    pub values: Vec<f64>,
}

/// Samples counted in ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Histogram {
    /// What the chart shows.
    pub title: String,
    /// The unit of the ranges, as in [`crate::Metric`].
    pub unit: String,
    /// The limit the samples are held to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The ranges, ascending; each starts where the one before it ends, the first at 0.
    pub ranges: Vec<Range>,
}

/// A range of a [`Histogram`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The largest value in it.
    pub up_to: f64,
    /// How many samples are in it.
    pub count: u64,
}

/// One value per name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bars {
    /// What the chart shows.
    pub title: String,
    /// The unit of all values, as in [`crate::Metric`].
    pub unit: String,
    /// The bars, top to bottom.
    pub bars: Vec<Bar>,
}

/// A bar of [`Bars`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// The limit it is held to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
}

impl Figure {
    /// What the figure shows, in one line.
    pub fn title(&self) -> &str {
        match self {
            Self::Table(table) => &table.title,
            Self::Treemap(treemap) => &treemap.title,
            Self::Dots(dots) => &dots.title,
            Self::Histogram(histogram) => &histogram.title,
            Self::Bars(bars) => &bars.title,
        }
    }

    /// Whether JSON can carry every number in it.
    pub(crate) fn is_finite(&self) -> bool {
        let limit = |limit: Option<f64>| limit.is_none_or(f64::is_finite);
        match self {
            Self::Table(_) => true,
            Self::Treemap(treemap) => treemap.areas.iter().all(Area::is_finite),
            Self::Dots(dots) => {
                limit(dots.limit)
                    && dots
                        .series
                        .iter()
                        .all(|series| series.values.iter().all(|value| value.is_finite()))
            }
            Self::Histogram(histogram) => {
                limit(histogram.limit) && histogram.ranges.iter().all(|r| r.up_to.is_finite())
            }
            Self::Bars(bars) => bars
                .bars
                .iter()
                .all(|bar| bar.value.is_finite() && limit(bar.limit)),
        }
    }
}

impl Table {
    /// An empty table. A column whose name starts with `#` holds numbers; the sign is not shown.
    pub fn new<const N: usize>(title: impl Into<String>, columns: [&str; N]) -> Self {
        let column = |name: &str| Column {
            name: name.strip_prefix('#').unwrap_or(name).to_owned(),
            number: name.starts_with('#'),
        };
        Self {
            title: title.into(),
            columns: columns.map(column).into(),
            rows: Vec::new(),
        }
    }
}

impl Area {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.parts.iter().all(Self::is_finite)
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Bar, Bars, Dots, Figure, Histogram, Range, Series, Table, Treemap};

    fn one_of_each() -> Vec<Figure> {
        let mut table = Table::new("Routes", ["route", "#gzip"]);
        table.rows = vec![vec!["/".to_owned(), "120.0 kB".to_owned()]];
        vec![
            Figure::Table(table),
            Figure::Treemap(Treemap {
                title: "Modules".to_owned(),
                unit: "bytes".to_owned(),
                areas: vec![Area {
                    name: "react-dom".to_owned(),
                    value: 3.0,
                    parts: vec![Area {
                        name: "client".to_owned(),
                        value: 2.0,
                        parts: Vec::new(),
                    }],
                }],
            }),
            Figure::Dots(Dots {
                title: "LCP of /".to_owned(),
                unit: "ms".to_owned(),
                limit: Some(2500.0),
                series: vec![Series {
                    name: "head".to_owned(),
                    values: vec![2100.0, 2300.0],
                }],
            }),
            Figure::Histogram(Histogram {
                title: "Answers".to_owned(),
                unit: "ms".to_owned(),
                limit: None,
                ranges: vec![Range {
                    up_to: 10.0,
                    count: 4,
                }],
            }),
            Figure::Bars(Bars {
                title: "By severity".to_owned(),
                unit: "count".to_owned(),
                bars: vec![Bar {
                    name: "high".to_owned(),
                    value: 1.0,
                    limit: Some(0.0),
                }],
            }),
        ]
    }

    #[test]
    fn every_figure_reads_back_and_unknown_keys_are_refused() {
        for figure in one_of_each() {
            let mut json = serde_json::to_value(&figure).unwrap();
            assert_eq!(
                serde_json::from_value::<Figure>(json.clone()).unwrap(),
                figure
            );
            json["unknown"] = 1.into();
            assert!(
                serde_json::from_value::<Figure>(json).is_err(),
                "{}",
                figure.title()
            );
        }
    }

    #[test]
    fn a_number_json_cannot_carry_is_found_in_every_place() {
        let mut broken = one_of_each();
        assert!(broken.iter().all(Figure::is_finite));
        for figure in &mut broken {
            match figure {
                Figure::Table(_) => {}
                Figure::Treemap(treemap) => treemap.areas[0].parts[0].value = f64::NAN,
                Figure::Dots(dots) => dots.series[0].values[1] = f64::INFINITY,
                Figure::Histogram(histogram) => histogram.ranges[0].up_to = f64::INFINITY,
                Figure::Bars(bars) => bars.bars[0].limit = Some(f64::NAN),
            }
        }
        assert_eq!(broken.iter().filter(|f| f.is_finite()).count(), 1);
    }
}
