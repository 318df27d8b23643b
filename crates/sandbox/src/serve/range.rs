//! `Range` requests: one part of a file. Several parts at once are answered with the whole, as RFC 9110 allows. Pure.

/// What a `range` header asks of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    /// Everything: no header, or one that is not understood.
    Whole,
    /// From the first byte to the last, both included.
    Part(usize, usize),
    /// 416.
    Outside,
}

/// Reads the header for a body of this length.
pub(super) fn read(header: &str, length: usize) -> Range {
    let Some((first, last)) = header
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Range::Whole;
    };
    let end = length.saturating_sub(1);
    let (first, last) = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => (first, end),
        (Err(_), Ok(count)) if first.is_empty() && count > 0 => (length.saturating_sub(count), end),
        (Err(_), Ok(0)) if first.is_empty() => return Range::Outside,
        _ => return Range::Whole,
    };
    if first >= length {
        return Range::Outside;
    }
    Range::Part(first, last)
}

#[cfg(test)]
mod tests {
    use super::{Range, read};

    #[test]
    fn one_part_is_cut_out_and_nonsense_is_the_whole() {
        let table = [
            ("bytes=0-3", Range::Part(0, 3)),
            ("bytes=4-", Range::Part(4, 9)),
            ("bytes=-3", Range::Part(7, 9)),
            ("bytes=-30", Range::Part(0, 9)),
            ("bytes=8-30", Range::Part(8, 9)),
            ("bytes=10-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=3-1", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("bytes=a-b", Range::Whole),
            ("bytes=-", Range::Whole),
            ("lines=0-1", Range::Whole),
            ("", Range::Whole),
        ];
        for (header, expected) in table {
            assert_eq!(read(header, 10), expected, "{header}");
        }
        assert_eq!(read("bytes=0-0", 0), Range::Outside);
    }
}
