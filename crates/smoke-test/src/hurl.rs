//! `.hurl` files: the subset of Hurl's format that the README lists, read directly. What is outside of it is a mistake with
//! its line and column and never skipped, because a test that was skipped would pass.

mod cursor;
mod document;
mod eval;
mod filter;
mod line;
mod make;
mod payload;
mod predicate;
mod section;
mod syntax;
#[cfg(test)]
mod tests;
mod value;

pub use document::read;
pub use make::check;
pub use predicate::Assertion;
pub use syntax::{Document, Entry};
pub use value::Extract;
