//! A hand-made ClientHello for TLS versions that no kept library speaks any more, and the first record of the answer: the
//! only way to show that a server refuses them. RFC 2246 and RFC 4346, 7.4.1; RFC 8446, appendix D.

use super::Version;

/// Suites servers of that time share: with and without forward secrecy, RSA and ECDSA, and the renegotiation signal.
const SUITES: [u16; 12] = [
    0xc009, 0xc00a, 0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035, 0xc012, 0x0016, 0x000a, 0x00ff,
];

/// x25519, P-256, P-384, P-521.
const GROUPS: [u16; 4] = [29, 23, 24, 25];

/// A plaintext record carries at most this many bytes.
const MAX_RECORD: usize = 1 << 14;

/// What the first record of an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The server goes on with this version.
    Accepted,
    /// It ends the handshake, with an alert of this number where it sent one.
    Refused(Option<u8>),
    /// More bytes are needed.
    Incomplete,
    /// It does not speak TLS.
    Foreign,
}

/// The bytes of a ClientHello that offers nothing newer than `version`. `host` goes into the server name unless it is
/// an address; `random` is what keeps handshakes apart.
pub(super) fn client_hello(version: Version, host: &str, random: [u8; 32]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(version.wire().to_be_bytes());
    body.extend(random);
    body.push(0);
    body.extend(sized(SUITES.iter().flat_map(|suite| suite.to_be_bytes())));
    body.extend([1, 0]);
    body.extend(sized(extensions(host)));

    let mut message = vec![1, 0];
    message.extend(sized(body));

    // The record layer says 1.0 whatever is offered, as all clients do.
    let mut record = vec![22, 3, 1];
    record.extend(sized(message));
    record
}

fn extensions(host: &str) -> Vec<u8> {
    let mut all = Vec::new();
    let mut add = |kind: u16, data: Vec<u8>| {
        all.extend(kind.to_be_bytes());
        all.extend(sized(data));
    };
    if host.parse::<std::net::IpAddr>().is_err() {
        let mut name = vec![0];
        name.extend(sized(host.bytes()));
        add(0, sized(name));
    }
    add(
        10,
        sized(GROUPS.iter().flat_map(|group| group.to_be_bytes())),
    );
    // Uncompressed points only.
    add(11, vec![1, 0]);
    all
}

/// Two bytes of length, then the bytes.
fn sized(bytes: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let bytes: Vec<u8> = bytes.into_iter().take(usize::from(u16::MAX)).collect();
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut out = length.to_be_bytes().to_vec();
    out.extend(bytes);
    out
}

/// Reads what a server sent so far.
pub(super) fn read(version: Version, bytes: &[u8]) -> Answer {
    let [kind, major, _, high, low, payload @ ..] = bytes else {
        return Answer::Incomplete;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if *major != 3 || length == 0 || length > MAX_RECORD {
        return Answer::Foreign;
    }
    match (kind, payload) {
        (21, [_, description, ..]) => Answer::Refused(Some(*description)),
        (22, [2, _, _, _, high, low, ..]) => {
            if u16::from_be_bytes([*high, *low]) == version.wire() {
                Answer::Accepted
            } else {
                // It may only choose what was offered or older; anything else is no such handshake.
                Answer::Refused(None)
            }
        }
        (22, [first, ..]) if *first != 2 => Answer::Foreign,
        (21 | 22, _) => Answer::Incomplete,
        _ => Answer::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Answer, client_hello, read};
    use crate::tls::Version;

    #[test]
    fn lengths_add_up_on_every_layer() {
        let hello = client_hello(Version::Tls11, "app.example", [7; 32]);
        let length = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
        assert_eq!(hello[..3], [22, 3, 1]);
        assert_eq!(length(3), hello.len() - 5);
        assert_eq!(hello[5], 1);
        assert_eq!(length(7), hello.len() - 9);
        assert_eq!(hello[9..11], [3, 2]);
        let name = b"app.example";
        assert!(hello.windows(name.len()).any(|window| window == name));
        let address = client_hello(Version::Tls10, "127.0.0.1", [7; 32]);
        assert_eq!(address.len(), hello.len() - (name.len() + 9));
    }

    #[test]
    fn answers_are_told_apart() {
        let cases: [(&[u8], Answer); 9] = [
            (&[21, 3, 1, 0, 2, 2, 70], Answer::Refused(Some(70))),
            (&[21, 3, 1, 0, 2], Answer::Incomplete),
            (&[22, 3, 1, 0, 60, 2, 0, 0, 56, 3, 1], Answer::Accepted),
            (&[22, 3, 2, 0, 60, 2, 0, 0, 56, 3, 2], Answer::Refused(None)),
            (&[22, 3, 1, 0, 60, 2], Answer::Incomplete),
            (&[22, 3, 1, 0, 60, 11], Answer::Foreign),
            (b"HTTP/1.1 400 Bad Request", Answer::Foreign),
            (&[], Answer::Incomplete),
            (&[22, 3, 1, 255, 255, 2, 0, 0, 56, 3, 1], Answer::Foreign),
        ];
        for (bytes, expected) in cases {
            assert_eq!(read(Version::Tls10, bytes), expected, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_and_more_bytes_do_not_unsay_it(
            bytes in prop::collection::vec(any::<u8>(), 0..64),
            cut in 0usize..64,
        ) {
            let whole = read(Version::Tls10, &bytes);
            let part = read(Version::Tls10, &bytes[..cut.min(bytes.len())]);
            prop_assert!(part == Answer::Incomplete || part == whole);
        }
    }
}
