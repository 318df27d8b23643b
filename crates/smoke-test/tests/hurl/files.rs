//! Generated `.hurl` files: requests and rows within the subset, of which most hold, and the same files every time.

use std::fmt::Write as _;

/// A generator of numbers; the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        // SplitMix64 (Steele, Lea and Flood, 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let index = self.throw(from.len() as u64);
        from[usize::try_from(index).unwrap()]
    }
}

const QUERIES: &[&str] = &[
    "status",
    "url",
    "body",
    "header \"Content-Type\"",
    "header \"X-Two\"",
    "header \"X-None\"",
    "cookie \"sid\"",
    "cookie \"none\"",
    "jsonpath \"$.id\"",
    "jsonpath \"$.name\"",
    "jsonpath \"$.list\"",
    "jsonpath \"$.list[*]\"",
    "jsonpath \"$.list[0]\"",
    "jsonpath \"$.none\"",
    "jsonpath \"$.missing\"",
    "jsonpath \"$.nested\"",
    "jsonpath \"$.nested.a\"",
    "jsonpath \"$.ok\"",
    "jsonpath \"$.f\"",
    "jsonpath \"$.list[?(@ > 1)]\"",
    "jsonpath \"$..a\"",
    "regex /(\\d+)/",
    "regex \"x-(\\\\d+)\"",
    "bytes",
    "sha256",
    "xpath \"//h1\"",
    "xpath \"//h2\"",
    "xpath \"string(//h1)\"",
    "xpath \"count(//li)\"",
    "xpath \"//li[@class]\"",
    "xpath \"boolean(//h2)\"",
    "xpath \"normalize-space(//p)\"",
    "xpath \"string(//_:entry[2]/@m:n)\"",
    "xpath \"//*[local-name()='id']\"",
    "body xpath \"string(//title)\"",
];
const FILTERS: &[&str] = &[
    "",
    "",
    "",
    "",
    " count",
    " first",
    " last",
    " nth 1",
    " nth -1",
    " toInt",
    " toFloat",
    " toString",
    " regex /(\\d+)/",
    " split \"-\"",
    " replace \"x\" \"y\"",
    " urlEncode",
    " urlDecode",
];
const PREDICATES: &[&str] = &[
    "== 200",
    "== 7",
    "== 7.0",
    "== \"Ann\"",
    "== \"7\"",
    "!= 7",
    "== true",
    "== null",
    "> 1",
    ">= 2",
    "< 3",
    "<= 2.5",
    "> \"A\"",
    "exists",
    "isInteger",
    "isFloat",
    "isNumber",
    "isString",
    "isBoolean",
    "isList",
    "isObject",
    "isEmpty",
    "isCollection",
    "contains \"n\"",
    "contains 2",
    "startsWith \"A\"",
    "endsWith \"2\"",
    "matches /^A/",
    "matches \"\\\\d\"",
    "== 3",
    "== 2",
    "== 42",
    "== \"12\"",
    "contains \"42\"",
    "== hex,00;",
    "startsWith hex,7b;",
];

/// Rows that hold for `/json`.
const HOLD: &[&str] = &[
    "status == 200",
    "header \"content-type\" startsWith \"application\"",
    "header \"X-None\" not exists",
    "jsonpath \"$.id\" == 7",
    "jsonpath \"$.id\" toString == \"7\"",
    "jsonpath \"$.f\" toInt == 2",
    "jsonpath \"$.f\" > 2",
    "jsonpath \"$.name\" matches /^A/",
    "jsonpath \"$.list\" count == 3",
    "jsonpath \"$.list[*]\" contains 2",
    "jsonpath \"$.list[?(@ > 1)]\" count == 2",
    "jsonpath \"$.none\" == null",
    "jsonpath \"$.none\" exists",
    "jsonpath \"$.missing\" not exists",
    "jsonpath \"$.nested.a\" split \"-\" last == \"12\"",
    "jsonpath \"$.nested\" isObject",
    "jsonpath \"$.ok\" isBoolean",
    "jsonpath \"$..a\" contains \"x\"",
    "regex /\"id\": (\\d+)/ toInt == 7",
    "body contains \"Ann\"",
    "bytes startsWith hex,7b;",
    "bytes count > 10",
    "duration < 60000",
];

/// Rows that hold for `/page`.
const ON_PAGE: &[&str] = &[
    "xpath \"//h1\" exists",
    "xpath \"//h2\" not exists",
    "xpath \"//li\" count == 3",
    "xpath \"count(//li)\" == 3",
    "xpath \"count(//li)\" > 2",
    "xpath \"string(//h1)\" == \"Set lists\"",
    "xpath \"string(//li[last()])\" == \"three\"",
    "xpath \"string(//li[contains(@class, 'b')])\" == \"two\"",
    "xpath \"string(//link[@rel='canonical']/@href)\" startsWith \"/\"",
    "xpath \"//h1[@id='top'] | //title\" count == 2",
    "xpath \"//li[position() < 3]\" isCollection",
    "xpath \"boolean(//p/b)\" == true",
    "xpath \"translate(//title, 'SL', 'sl')\" == \"set lists\"",
    "xpath \"substring-before(//p, ' ')\" toInt == 42",
    "xpath \"string-length(//h1)\" == 9",
    "xpath \"//b/ancestor::body\" count == 1",
    "xpath \"//li[2]/following-sibling::li\" count == 1",
    "xpath \"sum(//li[. > 1])\" == 0",
    "body xpath \"string(//b)\" == \"songs\"",
];

/// Rows that hold for `/feed`.
const ON_FEED: &[&str] = &[
    "xpath \"//_:entry\" count == 2",
    "xpath \"//entry\" count == 0",
    "xpath \"//entry\" not exists",
    "xpath \"string(//_:entry[2]/_:id)\" == \"b & c\"",
    "xpath \"string(//_:entry[1]/@m:n)\" == \"1\"",
    "xpath \"//*[local-name()='id']\" count == 2",
    "xpath \"namespace-uri(/*)\" == \"urn:feed\"",
    "xpath \"sum(//@m:n)\" == 3",
];

/// A file of one to three requests, of which most hold.
pub(crate) fn file(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..=dice.throw(8) / 4 {
        let path = dice.pick(&[
            "/json", "/json", "/json", "/page", "/page", "/feed", "/text", "/missing", "/in",
            "/moved", "/echo", "/echo",
        ]);
        let rarely = dice.throw(8) == 0;
        match path {
            "/echo" => echo(dice, &mut text),
            "/moved" => {
                text += "GET {{url}}/moved\n";
                let follow = dice.throw(2) == 0;
                if follow {
                    text += "[Options]\nlocation: true\n";
                }
                text += if follow != rarely {
                    "HTTP 200\n"
                } else {
                    "HTTP 302\n"
                };
                text += dice.pick(&[
                    "",
                    "[Asserts]\ncookie \"sid\" exists\n",
                    "[Asserts]\nurl endsWith \"/in\"\n",
                ]);
            }
            _ => {
                let _ = writeln!(text, "GET {{{{url}}}}{path}");
                let right = if path == "/missing" { "404" } else { "200" };
                let _ = writeln!(
                    text,
                    "HTTP {}",
                    if rarely {
                        dice.pick(&["404", "302", "*"])
                    } else {
                        right
                    }
                );
                text += match (path, rarely) {
                    ("/json", _) => dice.pick(&["", "Content-Type: application/json\n"]),
                    ("/text", _) => dice.pick(&["", "X-Two: b\n", "X-Two: c\n"]),
                    (_, true) => "X-Two: b\n",
                    _ => "",
                };
                text += dice.pick(&[
                    "",
                    "",
                    "[Captures]\nc: jsonpath \"$.id\"\n",
                    "[Captures]\nc: status\nd: header \"Content-Length\" toInt\n",
                ]);
                text += "[Asserts]\n";
                for _ in 0..=dice.throw(3) {
                    let hold = match path {
                        "/json" => HOLD,
                        "/page" => ON_PAGE,
                        "/feed" => ON_FEED,
                        _ => &[],
                    };
                    if !hold.is_empty() && dice.throw(6) > 0 {
                        let _ = writeln!(text, "{}", dice.pick(hold));
                        continue;
                    }
                    let (query, filter) = (dice.pick(QUERIES), dice.pick(FILTERS));
                    let (not, predicate) =
                        (dice.pick(&["", "not ", "not "]), dice.pick(PREDICATES));
                    let _ = writeln!(text, "{query}{filter} {not}{predicate}");
                }
            }
        }
        text.push('\n');
    }
    text
}

/// A request in one of its forms, with what it echoes.
fn echo(dice: &mut Dice, text: &mut String) {
    let forms: &[(&str, &str, &str)] = &[
        ("GET", "X-Who: Ann\n", "$.who\" == \"Ann"),
        ("GET", "X-Who: a \\# b # c\n", "$.who\" == \"a # b"),
        ("GET", "X-Who: {{name}} {{id}}\n", "$.who\" == \"Ann 7"),
        (
            "GET",
            "[Query]\na: 1 2\n",
            "$.target\" matches \"^/echo.a=1(%20|.)2$",
        ),
        ("GET", "[Cookies]\nc: d\n", "$.cookie\" contains \"c=d"),
        (
            "GET",
            "[BasicAuth]\nann: x y\n",
            "$.auth\" == \"Basic YW5uOnggeQ==",
        ),
        (
            "POST",
            "[Form]\na: b\nc: d&=\n",
            "$.body\" == \"a=b&c=d%26%3D",
        ),
        (
            "POST",
            "[Form]\na: b\n",
            "$.kind\" == \"application/x-www-form-urlencoded",
        ),
        (
            "POST",
            "{\"id\": {{id}}, \"s\": \"{{name}}\"}\n",
            "$.body\" == \"{\\\"id\\\": 7, \\\"s\\\": \\\"Ann\\\"}",
        ),
        ("POST", "{\"id\": 7}\n", "$.kind\" == \"application/json"),
        ("PUT", "`text {{id}}`\n", "$.body\" == \"text 7"),
        (
            "PUT",
            "```\ntwo\nlines\n```\n",
            "$.body\" == \"two\\nlines\\n",
        ),
        ("PUT", "hex,4142;\n", "$.body\" == \"AB"),
        ("PUT", "base64,QUI=;\n", "$.body\" == \"AB"),
    ];
    let index = usize::try_from(dice.throw(forms.len() as u64)).unwrap();
    let (method, form, expected) = forms[index];
    let wrong = if dice.throw(6) == 0 { "?" } else { "" };
    let _ = write!(
        text,
        "{method} {{{{url}}}}/echo\n{form}HTTP 200\n[Asserts]\njsonpath \"{expected}{wrong}\"\n"
    );
}
