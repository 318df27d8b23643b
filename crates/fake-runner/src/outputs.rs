//! The output file as the runner reads it: lines `name=value`, and blocks `name<<delimiter` up to a line that is
//! the delimiter. What the runner would refuse panics, so a gate cannot pass a test with a file that fails its job.

use std::collections::BTreeMap;

/// Values by name; of a name written twice, the later one.
pub(crate) fn parse(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        // Whichever sign comes first decides what the line is.
        let equals = line.find('=').unwrap_or(usize::MAX);
        let block = line.find("<<").unwrap_or(usize::MAX);
        assert_ne!(equals, block, "neither a value nor a block: {line}");
        let (name, value) = if equals < block {
            (&line[..equals], line[equals + 1..].to_owned())
        } else {
            (&line[..block], until(&mut lines, &line[block + 2..]))
        };
        assert!(!name.is_empty(), "no name: {line}");
        outputs.insert(name.to_owned(), value);
    }
    outputs
}

fn until<'a>(lines: &mut impl Iterator<Item = &'a str>, delimiter: &str) -> String {
    assert!(!delimiter.is_empty(), "a block without a delimiter");
    let mut value = Vec::new();
    loop {
        match lines.next() {
            Some(line) if line == delimiter => return value.join("\n"),
            Some(line) => value.push(line),
            None => panic!("the block is not closed by {delimiter}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn values_and_blocks() {
        let text = "a=1\nb<<END\none\n\na=2\nEND\nc==x<<y\nd<<E=F\nE=F\n\na=3\n";
        let outputs = parse(text);
        let outputs: Vec<_> = outputs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            outputs,
            [("a", "3"), ("b", "one\n\na=2"), ("c", "=x<<y"), ("d", "")]
        );
    }

    #[test]
    #[should_panic(expected = "not closed by END")]
    fn a_block_that_stays_open() {
        parse("a<<END\nvalue\n END\n");
    }

    #[test]
    #[should_panic(expected = "neither a value nor a block: words")]
    fn words() {
        parse("words\n");
    }

    #[test]
    #[should_panic(expected = "a block without a delimiter")]
    fn no_delimiter() {
        parse("a<<\nvalue\n");
    }
}
