//! Hostile documents: each is one fault on a base that passes, with the code that it has to get.
//!
//! A line of the table is `code | pointer | value`. The pointer names what is replaced or added; the value is JSON,
//! or `-` to remove it. `{{a*65}}` inside a string is 65 times `a`; `33 of V` is an array of 33 times `V`, and
//! `33 ids` one of 33 different words. A line may stand for a language (`/text/fr/`): then the notice stays.

use motd_core::{Code, Document, Level, json};
use serde_json::{Value, json};

use crate::bases;

const FAULTS: &str = r#"
not-an-object | | null
not-an-object | | true
not-an-object | | 1
not-an-object | | "{}"
not-an-object | | []
not-an-object | | [{"schema_version":"1.0","repository":"pypi.org"}]
schema-version | /schema_version | -
schema-version | /schema_version | null
schema-version | /schema_version | 1
schema-version | /schema_version | 1.5
schema-version | /schema_version | ["1.0"]
schema-version | /schema_version | ""
schema-version | /schema_version | "1"
schema-version | /schema_version | "1."
schema-version | /schema_version | ".0"
schema-version | /schema_version | "1.0.0"
schema-version | /schema_version | "01.0"
schema-version | /schema_version | "1.00"
schema-version | /schema_version | "1.01"
schema-version | /schema_version | "+1.0"
schema-version | /schema_version | " 1.0"
schema-version | /schema_version | "1.0 "
schema-version | /schema_version | "1.x"
schema-version | /schema_version | "0.9"
schema-version | /schema_version | "2.0"
schema-version | /schema_version | "11.0"
schema-version | /schema_version | "18446744073709551617.0"
schema-version | /schema_version | "１.0"
repository-malformed | /repository | -
repository-malformed | /repository | null
repository-malformed | /repository | 7
repository-malformed | /repository | ["pypi.org"]
repository-malformed | /repository | ""
repository-malformed | /repository | "PyPI.org"
repository-malformed | /repository | "/pypi.org"
repository-malformed | /repository | "pypi.org/"
repository-malformed | /repository | ".pypi.org"
repository-malformed | /repository | "pypi org"
repository-malformed | /repository | "https://pypi.org"
repository-malformed | /repository | "pypí.org"
repository-malformed | /repository | "{{a*254}}"
repository-mismatch | /repository | "staging.pypi.org"
repository-mismatch | /repository | "pypi.or"
repository-mismatch | /repository | "pypi.org/simple"
default-language-malformed | /default_language | null
default-language-malformed | /default_language | 1
default-language-malformed | /default_language | ""
default-language-malformed | /default_language | "EN"
default-language-malformed | /default_language | "en-us"
default-language-malformed | /default_language | "zh-hant"
default-language-malformed | /default_language | "en_US"
default-language-malformed | /default_language | "i-klingon"
default-language-malformed | /default_language | "x-own"
default-language-malformed | /default_language | "e"
default-language-malformed | /default_language | "en-"
default-language-malformed | /default_language | "en-u"
notices-malformed | /notices | null
notices-malformed | /notices | {}
notices-malformed | /notices | "none"
notices-malformed | /notices | 0
notices-malformed | /notices | false
notices-too-many | /notices | 33 of null
notices-too-many | /notices | 33 of {"id":"a"}
too-deep | /later | [[[[[[[[]]]]]]]]
too-deep | /later | {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}
too-deep | /notices/0/later | [[[[[[]]]]]]
too-deep | /notices/0/later | [[[[[{}]]]]]
name-not-ascii | / | 1
name-not-ascii | /größe | 1
name-not-ascii | /notices/0/text/fr/été | 1
name-not-ascii | /notices/0/text/fr/ | 1
name-not-ascii | /notices/0/audience/0/os\u007f | 1
name-not-ascii | /a\u0009b | 1
name-not-ascii | /𝒳 | {}
notice-not-an-object | /notices/0 | null
notice-not-an-object | /notices/0 | "tls"
notice-not-an-object | /notices/0 | 1
notice-not-an-object | /notices/0 | []
id-malformed | /notices/0 | {}
id-malformed | /notices/0/id | -
id-malformed | /notices/0/id | null
id-malformed | /notices/0/id | 1
id-malformed | /notices/0/id | ["a"]
id-malformed | /notices/0/id | ""
id-malformed | /notices/0/id | "-tls"
id-malformed | /notices/0/id | "tls."
id-malformed | /notices/0/id | "TLS"
id-malformed | /notices/0/id | "tls 1"
id-malformed | /notices/0/id | "tls/1"
id-malformed | /notices/0/id | "../../etc/passwd"
id-malformed | /notices/0/id | "tls\u0000"
id-malformed | /notices/0/id | "tlś"
id-malformed | /notices/0/id | "{{a*65}}"
revision-malformed | /notices/0/revision | -
revision-malformed | /notices/0/revision | null
revision-malformed | /notices/0/revision | "2"
revision-malformed | /notices/0/revision | 0
revision-malformed | /notices/0/revision | -1
revision-malformed | /notices/0/revision | 1.5
revision-malformed | /notices/0/revision | 9007199254740992
revision-malformed | /notices/0/revision | 1e300
revision-malformed | /notices/0/revision | 5e-324
revision-malformed | /notices/0/revision | [2]
severity-malformed | /notices/0/severity | -
severity-malformed | /notices/0/severity | null
severity-malformed | /notices/0/severity | 3
severity-malformed | /notices/0/severity | "Warning"
severity-malformed | /notices/0/severity | ""
severity-malformed | /notices/0/severity | "very bad"
severity-malformed | /notices/0/severity | "{{a*65}}"
topic-malformed | /notices/0/topic | null
topic-malformed | /notices/0/topic | 1
topic-malformed | /notices/0/topic | ""
topic-malformed | /notices/0/topic | "De"
topic-malformed | /notices/0/topic | "{{a*65}}"
time-malformed | /notices/0/begins | -
time-malformed | /notices/0/ends | -
time-malformed | /notices/0/begins | null
time-malformed | /notices/0/begins | 1523491200
time-malformed | /notices/0/begins | "2018-04-12"
time-malformed | /notices/0/begins | "2018-04-12T00:00:00"
time-malformed | /notices/0/begins | "2018-04-12t00:00:00z"
time-malformed | /notices/0/begins | "2018-04-12 00:00:00Z"
time-malformed | /notices/0/begins | "2018-04-12T00:00:00.0Z"
time-malformed | /notices/0/begins | "2018-04-12T00:00:00+00:00"
time-malformed | /notices/0/begins | "2018-04-31T00:00:00Z"
time-malformed | /notices/0/begins | "2018-02-29T00:00:00Z"
time-malformed | /notices/0/begins | "2018-13-01T00:00:00Z"
time-malformed | /notices/0/begins | "2018-00-01T00:00:00Z"
time-malformed | /notices/0/begins | "2018-04-00T00:00:00Z"
time-malformed | /notices/0/begins | "2018-04-12T24:00:00Z"
time-malformed | /notices/0/begins | "2018-04-12T00:60:00Z"
time-malformed | /notices/0/begins | "2018-04-12T23:59:60Z"
time-malformed | /notices/0/begins | "1969-12-31T23:59:59Z"
time-malformed | /notices/0/begins | "+018-04-12T00:00:00Z"
time-malformed | /notices/0/ends | "10000-01-01T00:00:00Z"
time-malformed | /notices/0/ends | "2018-06-30T00:00:00Z "
time-malformed | /notices/0/ends | ""
time-order | /notices/0/ends | "2018-04-12T00:00:00Z"
time-order | /notices/0/ends | "2018-04-11T23:59:59Z"
time-order | /notices/0/begins | "2018-06-30T00:00:01Z"
time-span | /notices/0/ends | "2019-04-13T00:00:01Z"
time-span | /notices/0/ends | "9999-12-31T23:59:59Z"
requires-malformed | /notices/0/requires | null
requires-malformed | /notices/0/requires | "a"
requires-malformed | /notices/0/requires | {}
requires-malformed | /notices/0/requires | [1]
requires-malformed | /notices/0/requires | ["A"]
requires-malformed | /notices/0/requires | ["a","a"]
requires-malformed | /notices/0/requires | 33 ids
requires-unknown | /notices/0/requires | ["signed-by-two"]
requires-unknown | /notices/0/requires | 32 ids
repeat-malformed | /notices/0/repeat | null
repeat-malformed | /notices/0/repeat | true
repeat-malformed | /notices/0/repeat | ""
repeat-malformed | /notices/0/repeat | "Once"
resolves-malformed | /notices/0/resolves | null
resolves-malformed | /notices/0/resolves | "a"
resolves-malformed | /notices/0/resolves | [null]
resolves-malformed | /notices/0/resolves | ["a."]
resolves-malformed | /notices/0/resolves | ["a","b","a"]
resolves-malformed | /notices/0/resolves | ["tls-1.2-required"]
resolves-malformed | /notices/0/resolves | 33 ids
text-malformed | /notices/0/text | -
text-malformed | /notices/0/text | null
text-malformed | /notices/0/text | "A title"
text-malformed | /notices/0/text | []
default-language-missing | /notices/0/text | {}
default-language-missing | /notices/0/text/en | -
default-language-missing | /default_language | "de"
default-language-missing | /default_language | "en-GB"
title-malformed | /notices/0/text/en | null
title-malformed | /notices/0/text/en | "A title"
title-malformed | /notices/0/text/en | []
title-malformed | /notices/0/text/en/title | -
title-malformed | /notices/0/text/en/title | null
title-malformed | /notices/0/text/en/title | ["A title"]
title-malformed | /notices/0/text/en/title | ""
title-malformed | /notices/0/text/en/title | "   "
title-malformed | /notices/0/text/en/title | "{{a*121}}"
title-malformed | /notices/0/text/en/title | "{{é*121}}"
title-malformed | /notices/0/text/en/title | "{{\u0007*121}}"
title-malformed | /notices/0/text/fr/title | 1
title-malformed | /notices/0/text/fr | 1
body-malformed | /notices/0/text/en/body | -
body-malformed | /notices/0/text/en/body | null
body-malformed | /notices/0/text/en/body | "A body"
body-malformed | /notices/0/text/en/body | {}
body-malformed | /notices/0/text/en/body | 9 of "a"
body-malformed | /notices/0/text/fr/body | -
paragraph-malformed | /notices/0/text/en/body/0 | null
paragraph-malformed | /notices/0/text/en/body/1 | 1
paragraph-malformed | /notices/0/text/en/body/0 | ""
paragraph-malformed | /notices/0/text/en/body/0 | " "
paragraph-malformed | /notices/0/text/en/body/0 | "{{a*1001}}"
paragraph-malformed | /notices/0/text/en/body/0 | ["a"]
paragraph-malformed | /notices/0/text/fr/body | [""]
text-code-point | /notices/0/text/en/title | "\u001b[31mUpdate now"
text-code-point | /notices/0/text/en/title | "a\nb"
text-code-point | /notices/0/text/en/title | "a\tb"
text-code-point | /notices/0/text/en/title | "a\rb"
text-code-point | /notices/0/text/en/title | "a\u0000"
text-code-point | /notices/0/text/en/title | "a\u007f"
text-code-point | /notices/0/text/en/title | "a\u0085"
text-code-point | /notices/0/text/en/title | "a\u009b31m"
text-code-point | /notices/0/text/en/title | "a\u00adb"
text-code-point | /notices/0/text/en/title | "a\u034fb"
text-code-point | /notices/0/text/en/title | "a\u061cb"
text-code-point | /notices/0/text/en/title | "a\u115fb"
text-code-point | /notices/0/text/en/title | "a\u17b4b"
text-code-point | /notices/0/text/en/title | "a\u180eb"
text-code-point | /notices/0/text/en/title | "a\u200bb"
text-code-point | /notices/0/text/en/title | "a\u200db"
text-code-point | /notices/0/text/en/title | "a\u200eb"
text-code-point | /notices/0/text/en/title | "a\u2028b"
text-code-point | /notices/0/text/en/title | "a\u202eb"
text-code-point | /notices/0/text/en/title | "a\u2060b"
text-code-point | /notices/0/text/en/title | "a\u2066b"
text-code-point | /notices/0/text/en/title | "a\u3164b"
text-code-point | /notices/0/text/en/title | "a\ue000b"
text-code-point | /notices/0/text/en/title | "a\ufe0fb"
text-code-point | /notices/0/text/en/title | "a\ufeffb"
text-code-point | /notices/0/text/en/title | "a\uffa0b"
text-code-point | /notices/0/text/en/title | "a\ufffab"
text-code-point | /notices/0/text/en/title | "a\ufffeb"
text-code-point | /notices/0/text/en/title | "a\ufdd0b"
text-code-point | /notices/0/text/en/title | "a\ud834\udd73b"
text-code-point | /notices/0/text/en/title | "a\udb40\udc41b"
text-code-point | /notices/0/text/en/title | "a\udb80\udc00b"
text-code-point | /notices/0/text/en/title | "a\ud83e\udee9b"
text-code-point | /notices/0/text/en/title | "a\u0378b"
text-code-point | /notices/0/text/en/body/1 | "two\nlines"
text-code-point | /notices/0/text/fr/title | "\u202eevil"
text-marks | /notices/0/text/en/title | "\u0301a"
text-marks | /notices/0/text/en/title | "o\u0323\u0330\u0331\u0332\u0333"
text-marks | /notices/0/text/en/body/0 | "\u0e31a"
text-marks | /notices/0/text/en/body/0 | "a {{\u0300*5}}"
text-marks | /notices/0/text/fr/body | ["\u20d0"]
language-tag-malformed | /notices/0/text/FR | {"title":"T","body":[]}
language-tag-malformed | /notices/0/text/fr-ca | {"title":"T","body":[]}
language-tag-malformed | /notices/0/text/x-own | {"title":"T","body":[]}
language-tag-malformed | /notices/0/text/i-klingon | {"title":"T","body":[]}
language-tag-malformed | /notices/0/text/e | {"title":"T","body":[]}
language-tag-malformed | /notices/0/text/en_US | {"title":"T","body":[]}
language-tag-malformed | /notices/0/text/*~1 | null
links-malformed | /notices/0/links | null
links-malformed | /notices/0/links | {}
links-malformed | /notices/0/links | "https://example.org/"
links-malformed | /notices/0/links | [null]
links-malformed | /notices/0/links | ["https://example.org/"]
links-malformed | /notices/0/links | 5 of {"rel":"details","url":"https://example.org/"}
links-malformed | /notices/0/links | [{"rel":"","url":""},1]
link-rel-malformed | /notices/0/links/0/rel | -
link-rel-malformed | /notices/0/links/0/rel | null
link-rel-malformed | /notices/0/links/0/rel | "See also"
link-rel-malformed | /notices/0/links/0 | {}
link-url-malformed | /notices/0/links/0/url | -
link-url-malformed | /notices/0/links/0/url | null
link-url-malformed | /notices/0/links/0/url | "http://example.org/"
link-url-malformed | /notices/0/links/0/url | "javascript:alert(1)"
link-url-malformed | /notices/0/links/0/url | "https://pypi.org@evil.example/"
link-url-malformed | /notices/0/links/0/url | "https://example.org\\@evil.example/"
link-url-malformed | /notices/0/links/0/url | "https://127.0.0.1/"
link-url-malformed | /notices/0/links/0/url | "https://example.org/{{a*2029}}"
audience-malformed | /notices/0/audience | null
audience-malformed | /notices/0/audience | []
audience-malformed | /notices/0/audience | {"os":["macos"]}
audience-malformed | /notices/0/audience | [{}]
audience-malformed | /notices/0/audience | [null]
audience-malformed | /notices/0/audience | [{"os":["a"]},{}]
audience-malformed | /notices/0/audience | 17 of {"os":["a"]}
clause-malformed | /notices/0/audience/0/os | null
clause-malformed | /notices/0/audience/0/os | []
clause-malformed | /notices/0/audience/0/os | "macos"
clause-malformed | /notices/0/audience/0/os | ["macOS"]
clause-malformed | /notices/0/audience/0/os | [1]
clause-malformed | /notices/0/audience/0/os | 17 ids
clause-malformed | /notices/0/audience/0/arch | []
clause-malformed | /notices/0/audience/0/arch | ["x86 64"]
clause-malformed | /notices/0/audience/0/commands | {}
clause-malformed | /notices/0/audience/0/commands | ["install",""]
components-malformed | /notices/0/audience/0/components | null
components-malformed | /notices/0/audience/0/components | []
components-malformed | /notices/0/audience/0/components | [{}]
components-malformed | /notices/0/audience/0/components | ["pkg:pypi/pip"]
components-malformed | /notices/0/audience/0/components | 33 of {"purl":"pkg:pypi/pip"}
purl-malformed | /notices/0/audience/0/components/0/purl | -
purl-malformed | /notices/0/audience/0/components/0/purl | null
purl-malformed | /notices/0/audience/0/components/0/purl | "pip"
purl-malformed | /notices/0/audience/0/components/0/purl | "pkg:pypi/Pip"
purl-malformed | /notices/0/audience/0/components/0/purl | "pkg:pypi/pip@9"
purl-malformed | /notices/0/audience/0/components/0/purl | "pkg:generic/{{a*501}}"
versions-malformed | /notices/0/audience/0/components/0/versions | null
versions-malformed | /notices/0/audience/0/components/0/versions | ""
versions-malformed | /notices/0/audience/0/components/0/versions | "<9"
versions-malformed | /notices/0/audience/0/components/0/versions | "vers:pypi/"
versions-malformed | /notices/0/audience/0/components/0/versions | "vers:pypi/{{1*129}}"
versions-malformed | /notices/0/audience/0/components/0/versions | "vers:pypi/1{{|1*16}}"
versions-scheme | /notices/0/audience/0/components/0/versions | "vers:npm/<9.0.3"
versions-scheme | /notices/0/audience/0/components/0/versions | "vers:cargo/*"
versions-unparsable | /notices/0/audience/0/components/0/versions | "vers:pypi/<nine"
versions-unparsable | /notices/0/audience/0/components/0/versions | "vers:semver/<9.0"
versions-order | /notices/0/audience/0/components/0/versions | "vers:pypi/>=2|<1"
versions-order | /notices/0/audience/0/components/0/versions | "vers:pypi/1.0|1.00"
versions-redundant | /notices/0/audience/0/components/0/versions | "vers:pypi/<1|<2"
rollout-malformed | /notices/0/audience/0/rollout | null
rollout-malformed | /notices/0/audience/0/rollout | 50
rollout-malformed | /notices/0/audience/0/rollout | {}
rollout-malformed | /notices/0/audience/0/rollout/percent | -
rollout-malformed | /notices/0/audience/0/rollout/percent | 101
rollout-malformed | /notices/0/audience/0/rollout/percent | -1
rollout-malformed | /notices/0/audience/0/rollout/percent | 0.5
rollout-malformed | /notices/0/audience/0/rollout/percent | "50"
rollout-malformed | /notices/0/audience/0/rollout/salt | -
rollout-malformed | /notices/0/audience/0/rollout/salt | ""
rollout-malformed | /notices/0/audience/0/rollout/salt | "{{a*65}}"
rollout-malformed | /notices/0/audience/0/rollout/salt | "{{é*33}}"
rollout-critical | /notices/0/severity | "critical"
"#;

/// `code | what stands in the base's document bytes | what stands there instead`.
const BYTE_FAULTS: &[(&str, &str, &str)] = &[
    ("not-json", "{\"default", "\u{feff}{\"default"),
    ("not-json", "{\"default", "x{\"default"),
    ("not-json", "\"1.0\"}", "\"1.0\"}x"),
    ("not-json", "\"1.0\"}", "\"1.0\"}{}"),
    ("not-json", "\"1.0\"}", "\"1.0\""),
    ("not-json", "\"1.0\"}", "\"1.0\"}\u{0}"),
    ("not-json", "\"1.0\"}", "\"1.0\",}"),
    ("not-json", "\"en\",", "'en',"),
    ("not-json", "\"en\",", "\"en\",/**/"),
    ("not-json", "\"revision\":2", "\"revision\":02"),
    ("not-json", "\"revision\":2", "\"revision\":+2"),
    ("not-json", "\"revision\":2", "\"revision\":.2"),
    ("not-json", "\"revision\":2", "\"revision\":2."),
    ("not-json", "\"revision\":2", "\"revision\":0x2"),
    ("not-json", "\"revision\":2", "\"revision\":NaN"),
    ("not-json", "\"revision\":2", "\"revision\":-Infinity"),
    ("not-json", "\"revision\":2", "\"revision\":undefined"),
    ("not-json", "Second.", "Sec\nond."),
    ("not-json", "Second.", "\\ud800"),
    ("not-json", "Second.", "\\udc00\\ud800"),
    ("not-json", "Second.", "\\ud800\\u0041"),
    ("not-json", "Second.", "\\x41"),
    ("not-json", "Second.", "\\u00g1"),
    (
        "not-json",
        "{\"default",
        "{\"a\":[[[[[[[[[\"\\udfff\"]]]]]]]]],\"default",
    ),
    ("not-json", "{\"default", "{\"a\":[[[[[[[[[],\"default"),
    ("not-json", "{\"default", "{\"\\ud800\":1,\"default"),
    (
        "too-deep",
        "{\"default",
        "{\"a\":1,\"a\":[[[[[[[[[1e400]]]]]]]]],\"default",
    ),
    (
        "duplicate-name",
        "{\"default",
        "{\"default_language\":\"en\",\"default",
    ),
    (
        "duplicate-name",
        "{\"default",
        "{\"\\u0064efault_language\":\"en\",\"default",
    ),
    (
        "duplicate-name",
        "\"notices\":[{",
        "\"notices\":[{\"later\":{\"a\":1,\"b\":2,\"a\":1},",
    ),
    ("duplicate-name", "{\"default", "{\"é\":1,\"é\":1,\"default"),
    (
        "duplicate-name",
        "{\"default",
        "{\"a\":1e400,\"a\":1,\"default",
    ),
    ("name-not-ascii", "{\"default", "{\"\":-0,\"default"),
    (
        "name-not-ascii",
        "{\"default",
        "{\"\\u0000\":1e999,\"default",
    ),
    ("not-document-bytes", "\"1.0\"}", "\"1.0\"}\n"),
    ("not-document-bytes", "{\"default", " {\"default"),
    ("not-document-bytes", "\"notices\":", "\"notices\": "),
    ("not-document-bytes", "\"revision\":2", "\"revision\":2.0"),
    ("not-document-bytes", "\"revision\":2", "\"revision\":2e0"),
    ("not-document-bytes", "\"revision\":2", "\"revision\":1e3"),
    ("not-document-bytes", "\"revision\":2", "\"revision\":-0"),
    (
        "not-document-bytes",
        "\"revision\":2",
        "\"revision\":9007199254740993",
    ),
    ("not-document-bytes", "\"revision\":2", "\"revision\":1e400"),
    (
        "not-document-bytes",
        "\"revision\":2",
        "\"revision\":-1E+999",
    ),
    (
        "not-document-bytes",
        "\"revision\":2",
        "\"revision\":1000000000000000000000",
    ),
    ("not-document-bytes", "Second.", "\\u0053econd."),
    ("not-document-bytes", "Second.", "a\\/b"),
    ("not-document-bytes", "Second.", "\\u000a"),
    // Members in another order.
    (
        "not-document-bytes",
        "{\"default_language\":\"en\",",
        "{\"later\":1,\"default_language\":\"en\",",
    ),
];

#[test]
fn base_passes() {
    let document = bases::judged(&bases::full());
    let entry = &document.entries()[0];
    entry.verdict().unwrap();
    assert_eq!(entry.languages().len(), 2);
    assert!(
        entry
            .languages()
            .iter()
            .all(|language| language.verdict.is_ok())
    );
}

#[test]
fn every_fault_gets_its_code() {
    let lines: Vec<&str> = FAULTS.lines().filter(|line| !line.is_empty()).collect();
    for line in &lines {
        let [code, pointer, value] = line.splitn(3, " | ").collect::<Vec<_>>()[..] else {
            let [code, value] = line.splitn(2, " | | ").collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            assert_eq!(found(&parsed(value), ""), code, "{line}");
            continue;
        };
        let mut document = bases::full();
        change(
            &mut document,
            pointer,
            (value != "-").then(|| parsed(value)),
        );
        assert_eq!(found(&document, pointer), code, "{line}");
    }
    assert!(
        lines.len() + BYTE_FAULTS.len() > 200,
        "{} and {}",
        lines.len(),
        BYTE_FAULTS.len()
    );
}

#[test]
fn every_fault_of_the_bytes_gets_its_code() {
    let base = String::from_utf8(bases::bytes(&bases::full())).unwrap();
    for (code, from, to) in BYTE_FAULTS {
        assert!(base.contains(from), "{from}");
        let hostile = base.replacen(from, to, 1);
        let refusal =
            Document::judge_bytes(hostile.as_bytes(), Some(&bases::repository())).unwrap_err();
        assert_eq!(refusal.code.as_str(), *code, "{from} -> {to}");
        assert_eq!(refusal.code.level(), Level::Document);
        assert_eq!(refusal.place.as_str(), "");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let base = bases::bytes(&bases::full());
    for bad in [
        &b"\xff"[..],
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x80",
        b"\xe2\x82",
    ] {
        for position in [0, base.len() / 2, base.len()] {
            let mut bytes = base.clone();
            bytes.splice(position..position, bad.iter().copied());
            assert_eq!(
                Document::judge_bytes(&bytes, None).unwrap_err().code,
                Code::NotUtf8
            );
        }
    }
    for bytes in [&b""[..], b" ", b"{", b"}", b"\"", b"nul", b"[", b"]"] {
        assert_eq!(
            Document::judge_bytes(bytes, None).unwrap_err().code,
            Code::NotJson
        );
    }
}

/// MOTD-BYTES-1 at its edge, and before UTF-8.
#[test]
fn size() {
    let mut document = bases::full();
    let length = bases::bytes(&document).len();
    let padded = |document: &mut Value, total: usize| {
        document["zz"] = json!("a".repeat(total - length - ",\"zz\":\"\"".len()));
        bases::bytes(document)
    };
    let full = padded(&mut document, 65_536);
    assert_eq!(full.len(), 65_536);
    Document::judge_bytes(&full, None).unwrap();
    let over = padded(&mut document, 65_537);
    assert_eq!(
        Document::judge_bytes(&over, None).unwrap_err().code,
        Code::DocumentTooLarge
    );
    assert_eq!(
        Document::judge_bytes(&vec![0xFF; 65_537], None)
            .unwrap_err()
            .code,
        Code::DocumentTooLarge
    );
}

/// MOTD-DOC-9: both go, whatever else is wrong with one of them, and nobody else.
#[test]
fn duplicate_ids() {
    let good = bases::notice("a", "info");
    for second in [
        good.clone(),
        json!({ "id": "a" }),
        json!({ "id": "a", "revision": -1 }),
    ] {
        let judged = bases::judged(&bases::document(&[
            good.clone(),
            second,
            bases::notice("b", "info"),
        ]));
        let codes: Vec<_> = judged
            .entries()
            .iter()
            .map(|entry| entry.verdict().map_err(|refusal| refusal.code).err())
            .collect();
        assert_eq!(
            codes,
            [Some(Code::IdDuplicate), Some(Code::IdDuplicate), None]
        );
    }
    // Malformed ids are counted like others; wrong types are not ids.
    let judged = bases::judged(&bases::document(&[
        json!({ "id": "A" }),
        json!({ "id": "A" }),
        json!({ "id": 1 }),
        json!({ "id": 1 }),
    ]));
    let codes: Vec<_> = judged
        .entries()
        .iter()
        .map(|entry| entry.verdict().unwrap_err().code)
        .collect();
    assert_eq!(
        codes,
        [
            Code::IdDuplicate,
            Code::IdDuplicate,
            Code::IdMalformed,
            Code::IdMalformed
        ]
    );
}

/// MOTD-TEXT-10: 64 languages, the refused ones counted.
#[test]
fn languages_at_their_limit() {
    let mut document = bases::document(&[bases::notice("a", "info")]);
    for index in 0..63 {
        // Good ones, bad ones, and ones that are no language.
        let (tag, value) = match index % 3 {
            0 => (format!("en-x-{index}"), json!({ "title": "T", "body": [] })),
            1 => (format!("en-x-{index}"), json!(null)),
            _ => (format!("EN-{index}"), json!({ "title": "T", "body": [] })),
        };
        document["notices"][0]["text"][tag] = value;
    }
    let judged = bases::judged(&document);
    assert_eq!(judged.entries()[0].verdict().unwrap().texts().len(), 22);
    assert_eq!(judged.entries()[0].languages().len(), 64);
    document["notices"][0]["text"]["one more"] = json!(null);
    let judged = bases::judged(&document);
    assert_eq!(
        judged.entries()[0].verdict().unwrap_err().code,
        Code::LanguagesTooMany
    );
    assert!(judged.entries()[0].languages().is_empty());
}

/// The largest of everything passes.
#[test]
fn everything_at_its_limit() {
    let mut document = bases::full();
    let notice = &mut document["notices"][0];
    notice["id"] = json!("a".repeat(64));
    notice["revision"] = json!(9_007_199_254_740_991_u64);
    notice["begins"] = json!("2015-02-28T00:00:00Z");
    notice["ends"] = json!("2016-02-29T00:00:00Z");
    notice["resolves"] = parsed("32 ids");
    notice["text"]["en"]["title"] = json!("é".repeat(120));
    notice["text"]["en"]["body"] = Value::Array(vec![json!("é".repeat(1000)); 8]);
    notice["links"] = Value::Array(vec![
        json!({ "rel": "r".repeat(64), "url": format!("https://example.org/{}", "a".repeat(2028)) });
        4
    ]);
    notice["audience"] = Value::Array(vec![notice["audience"][0].clone(); 16]);
    notice["audience"][0]["os"] = parsed("16 ids");
    notice["audience"][0]["rollout"]["salt"] = json!("é".repeat(32));
    notice["audience"][0]["components"][0] = json!({ "purl": format!("pkg:generic/{}", "a".repeat(500)), "versions": format!("vers:pypi/{}", "1".repeat(128)) });
    let component = json!({ "purl": "pkg:pypi/pip", "versions": (1..=16).map(|n| n.to_string()).collect::<Vec<_>>().join("|").replacen("", "vers:pypi/", 1) });
    notice["audience"][1]["components"] = Value::Array(vec![component; 32]);
    notice["later"] = json!([[[[[]]]]]);
    bases::judged(&document).entries()[0].verdict().unwrap();
}

/// Places name what is defined, and nothing that the document made up.
#[test]
fn places_quote_nothing() {
    let mut document = bases::full();
    document["notices"][0]["text"]["\u{7e}canary"] = json!({});
    document["notices"][0]["links"][0]["url"] = json!("canary");
    document["notices"][0]["audience"][0]["canary"] = json!({});
    let judged = bases::judged(&document);
    let entry = &judged.entries()[0];
    assert_eq!(
        entry.verdict().unwrap_err().place.as_str(),
        "/notices/0/links/0/url"
    );
    let places: Vec<_> = entry
        .languages()
        .iter()
        .filter_map(|language| language.verdict.clone().err())
        .collect();
    assert_eq!(places[0].place.as_str(), "/notices/0/text/2");
    assert!(!format!("{:?}{places:?}{}", entry.verdict(), places[0]).contains("canary"));
    assert_eq!(
        places[0].to_string(),
        "/notices/0/text/2: the language tag is not well-formed or not in canonical case [MOTD-LANG-1]"
    );
}

/// Hand-written files may have any form, and nothing else is different.
#[test]
fn any_form() {
    let pretty = serde_json::to_vec_pretty(&bases::full()).unwrap();
    assert_eq!(
        Document::judge_bytes(&pretty, None).unwrap_err().code,
        Code::NotDocumentBytes
    );
    Document::judge_any_form(&pretty, None).unwrap().entries()[0]
        .verdict()
        .unwrap();
    assert_eq!(
        Document::judge_any_form(b"{} x", None).unwrap_err().code,
        Code::NotJson
    );
    assert_eq!(
        Document::judge_any_form(b"{\"a\":1,\"a\":1}", None)
            .unwrap_err()
            .code,
        Code::DuplicateName
    );
}

/// The code of the fault that a changed document has, at the level where it is found.
fn found(document: &Value, pointer: &str) -> String {
    let bytes = serde_json::to_vec(document).unwrap();
    let value = match json::parse(&bytes) {
        Ok(value) => value,
        Err(refusal) => return refusal.code.to_string(),
    };
    match Document::judge_bytes(&value.document_bytes(), Some(&bases::repository())) {
        Err(refusal) => refusal.code.to_string(),
        Ok(document) => {
            let entry = &document.entries()[0];
            match entry.verdict() {
                Err(refusal) => {
                    assert!(
                        !pointer.contains("/fr"),
                        "a bad translation must not take the notice with it"
                    );
                    assert!(refusal.place.as_str().starts_with("/notices/0"));
                    refusal.code.to_string()
                }
                Ok(notice) => {
                    let refused: Vec<_> = entry
                        .languages()
                        .iter()
                        .filter(|language| language.verdict.is_err())
                        .collect();
                    assert_eq!(refused.len(), 1, "{pointer}");
                    assert_eq!(notice.texts().len(), entry.languages().len() - 1);
                    refused[0].verdict.clone().unwrap_err().code.to_string()
                }
            }
        }
    }
}

fn change(document: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name
        .replace("\\u007f", "\u{7f}")
        .replace("\\u0009", "\t")
        .replace("~1", "/");
    let parent = document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer}"));
    match (parent, value) {
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (Value::Object(members), Some(value)) => {
            members.insert(name, value);
        }
        (Value::Object(members), None) => {
            members.remove(&name).unwrap();
        }
        (parent, value) => panic!("{pointer}: {parent} {value:?}"),
    }
}

/// The small language of the table's values.
fn parsed(text: &str) -> Value {
    if let Some((count, value)) = text.split_once(" of ")
        && let Ok(count) = count.parse()
    {
        return Value::Array(vec![parsed(value); count]);
    }
    if let Some(count) = text.strip_suffix(" ids") {
        return (0..count.parse::<u32>().unwrap())
            .map(|index| json!(format!("n{index}")))
            .collect();
    }
    let mut expanded = text.to_owned();
    while let Some((before, rest)) = expanded.clone().split_once("{{") {
        let (repeat, after) = rest.split_once("}}").unwrap();
        let (part, count) = repeat.rsplit_once('*').unwrap();
        expanded = [before, &part.repeat(count.parse().unwrap()), after].concat();
    }
    serde_json::from_str(&expanded).unwrap_or_else(|_| panic!("{expanded}"))
}
