//! What all charts share: the frame with title and description, icons, and a scale.

pub(super) mod bars;
pub(super) mod dots;
pub(super) mod histogram;
pub(super) mod meter;
mod scale;
pub(super) mod timeline;
pub(super) mod treemap;

use verdict::Conclusion;

use super::Ids;
use super::text::escape;

/// A drawing without its frame. Colours come from the page's style, by class.
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) body: String,
}

/// A drawing as an image with a title and a description, for those who hear it.
pub(super) fn frame(drawing: &Drawing, title: &str, description: &str, ids: &mut Ids) -> String {
    let id = ids.next();
    let Drawing {
        width,
        height,
        body,
    } = drawing;
    format!(
        "<svg role=\"img\" aria-labelledby=\"t{id} d{id}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\
         <title id=\"t{id}\">{}</title><desc id=\"d{id}\">{}</desc>{body}</svg>",
        escape(title),
        escape(description),
    )
}

/// The sign of a conclusion.
pub(super) fn icon(conclusion: Conclusion) -> String {
    let shape = match conclusion {
        Conclusion::Pass => "<path d=\"M4.5 8.2l2.4 2.4 4.6-5\"/>",
        Conclusion::Warn => "<path d=\"M8 4.2v4.6M8 11.2v.6\"/>",
        Conclusion::Pending => "<path d=\"M8 4.4V8l2.4 1.6\"/>",
        Conclusion::Fail => "<path d=\"M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6\"/>",
        Conclusion::Error => "<path d=\"M4.6 8h6.8\"/>",
    };
    format!(
        "<svg class=\"icon {conclusion}\" role=\"img\" aria-label=\"{conclusion}\" width=\"16\" height=\"16\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7.5\"/>{shape}</svg>"
    )
}

/// Text cut to what fits into so many pixels, guessing at 6.4 pixels a character.
fn fitting(text: &str, width: f64) -> String {
    let most = (width / 6.4).clamp(0.0, 400.0);
    // Between 0 and 400.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    let most = most as usize;
    escape(&crate::markdown::short(text, most))
}
