//! The unit of the score: what one test found, and what that is worth.

/// What a test found. Names and values are those of the MDN HTTP Observatory (algorithm 4), so that its documentation
/// explains them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The Observatory's name of the result, such as `hsts-not-implemented`.
    pub id: &'static str,
    /// What it adds to the score; negative for a weakness.
    pub modifier: i32,
    /// What was found, in one line.
    pub says: &'static str,
    /// What would be better; empty when nothing is wrong.
    pub fix: &'static str,
}

impl Rating {
    /// A result that is as good as it needs to be.
    pub(super) const fn good(id: &'static str, modifier: i32, says: &'static str) -> Self {
        Self {
            id,
            modifier,
            says,
            fix: "",
        }
    }

    /// A weakness and its remedy.
    pub(super) const fn weak(
        id: &'static str,
        modifier: i32,
        says: &'static str,
        fix: &'static str,
    ) -> Self {
        Self {
            id,
            modifier,
            says,
            fix,
        }
    }
}

/// The worse of two results by their place in `order`, which goes from best to worst.
pub(super) fn worse(new: Rating, old: Option<Rating>, order: &[Rating]) -> Rating {
    let rank = |rating: Rating| order.iter().position(|other| other.id == rating.id);
    match old {
        Some(old) if rank(new) <= rank(old) => old,
        _ => new,
    }
}
