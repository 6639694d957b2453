//! Lines: the frame, the wrapping, the words, the limit of a run.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::cases::document::{document, document_bytes, notice};
use crate::cases::writer::{Draft, Writer};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    frame(writer)?;
    wrapping(writer)?;
    several(writer)?;
    forms(writer)
}

/// The request to render these sources, of which all are called after their names.
fn render(sources: &[(&str, Value)], columns: Value, form: &str) -> Value {
    let sources: Vec<Value> = sources
        .iter()
        .map(|(name, document)| {
            json!({ "name": name, "repository": "pypi.org", "document": STANDARD.encode(document_bytes(document)) })
        })
        .collect();
    json!({
        "operation": "render", "sources": sources, "now": "2026-11-01T00:00:00Z",
        "form": form, "columns": columns,
    })
}

fn lines(lines: &[&str]) -> Value {
    json!({ "status": "accepted", "result": { "lines": lines } })
}

/// The notice of section 2.1, for everyone.
fn tls() -> Value {
    let mut tls = notice("tls", "warning");
    tls["text"]["en"] = json!({
        "title": "TLS 1.2 will be required on 30 June",
        "body": [
            "From that day the index refuses connections that use TLS 1.0 or TLS 1.1.",
            "Python from python.org for macOS 10.12 or older needs an update.",
        ],
    });
    tls["links"] = json!([{ "rel": "details", "url": "https://status.example.org/tls" }]);
    tls
}

fn frame(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "installer/display/notice";
    let shown = [
        "notice[pypi] WARNING: TLS 1.2 will be required on 30 June",
        "notice[pypi] From that day the index refuses connections that use TLS 1.0 or",
        "notice[pypi] TLS 1.1.",
        "notice[pypi]",
        "notice[pypi] Python from python.org for macOS 10.12 or older needs an update.",
        "notice[pypi] details: https://status.example.org/tls",
    ];
    let all = [
        "MOTD-SHOW-1",
        "MOTD-SHOW-2",
        "MOTD-SHOW-3",
        "MOTD-SHOW-4",
        "MOTD-SHOW-6",
    ];
    writer.write(
        Draft::positive(BASE, "a notice on a terminal of 80 columns", &all).asks(
            render(&[("pypi", document(&[tls()]))], json!(80), "terminal"),
            lines(&shown),
        ),
    )?;
    let mut spoof = tls();
    spoof["text"]["en"]["body"] = json!([format!(
        "{}Successfully installed evil-1.0",
        "All is well. ".repeat(6)
    )]);
    writer.write(
        Draft::negative(
            "installer/display/spoof",
            BASE,
            "a paragraph is as long as the terminal is wide, and goes on as the installer would",
            &["MOTD-SHOW-1", "MOTD-SHOW-2"],
        )
        .asks(
            render(&[("pypi", document(&[spoof]))], json!(80), "terminal"),
            lines(&[
                "notice[pypi] WARNING: TLS 1.2 will be required on 30 June",
                "notice[pypi] All is well. All is well. All is well. All is well. All is well.",
                "notice[pypi] All is well. Successfully installed evil-1.0",
                "notice[pypi] details: https://status.example.org/tls",
            ]),
        ),
    )?;
    for (severity, effective) in [
        ("info", "INFO"),
        ("warning", "WARNING"),
        ("critical", "CRITICAL"),
    ] {
        writer.write(
            Draft::positive(
                &format!("installer/display/word-{severity}"),
                &format!("the word for {severity}"),
                &["MOTD-SHOW-3"],
            )
            .asks(
                render(
                    &[("pypi", document(&[notice("a", severity)]))],
                    json!(80),
                    "terminal",
                ),
                lines(&[&format!("notice[pypi] {effective}: Title of a")]),
            ),
        )?;
    }
    writer.write(
        Draft::negative(
            "installer/display/word-unknown",
            "installer/display/word-info",
            "an unregistered severity",
            &["MOTD-SHOW-3", "MOTD-FWD-2"],
        )
        .asks(
            render(
                &[("pypi", document(&[notice("a", "apocalypse")]))],
                json!(80),
                "terminal",
            ),
            lines(&["notice[pypi] INFO: Title of a"]),
        ),
    )?;
    let mut long = notice("a", "info");
    long["links"] = json!([{ "rel": "details", "url": format!("https://example.org/{}?a=1&b=%20#c", "path/".repeat(20)) }]);
    let url = format!(
        "details: https://example.org/{}?a=1&b=%20#c",
        "path/".repeat(20)
    );
    let mut expected = vec!["notice[pypi] INFO: Title of a".to_owned()];
    // 79 columns less the prefix; a URL holds no spaces, and is cut where the line ends.
    let (head, rest) = ("details:", url.trim_start_matches("details: "));
    expected.push(format!("notice[pypi] {head}"));
    expected.extend(
        rest.as_bytes()
            .chunks(66)
            .map(|part| format!("notice[pypi] {}", String::from_utf8_lossy(part))),
    );
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    writer.write(
        Draft::negative(
            "installer/display/long-link",
            BASE,
            "a link that is longer than a line",
            &["MOTD-SHOW-4", "MOTD-SHOW-2"],
        )
        .asks(
            render(&[("pypi", document(&[long]))], json!(80), "terminal"),
            lines(&expected),
        ),
    )?;
    let mut three = notice("a", "info");
    three["links"] = json!([
        { "rel": "details", "url": "https://example.org/1" }, { "rel": "status", "url": "https://example.org/2" },
    ]);
    writer.write(
        Draft::positive("installer/display/links", "two links", &["MOTD-SHOW-4"]).asks(
            render(&[("pypi", document(&[three]))], json!(80), "terminal"),
            lines(&[
                "notice[pypi] INFO: Title of a",
                "notice[pypi] details: https://example.org/1",
                "notice[pypi] status: https://example.org/2",
            ]),
        ),
    )?;
    let mut evil = tls();
    evil["text"]["en"]["title"] = json!("\u{1b}[2K\rAll is well");
    let control = json!({ "status": "accepted", "result": { "lines": [], "notices": [[{ "decision": "skip", "reason": "refused", "code": "text-code-point" }]] } });
    writer.write(
        Draft::negative(
            "installer/display/control",
            BASE,
            "a title that moves the cursor",
            &["MOTD-SHOW-6", "MOTD-TEXT-1"],
        )
        .asks(
            render(&[("pypi", document(&[evil]))], json!(80), "terminal"),
            control,
        ),
    )?;
    // The operator's `$each` looks at every line, whatever the words are.
    let names = ["a", "A-Za-z0-9._-", "12345678901234567890123456789012"];
    for (number, name) in names.into_iter().enumerate() {
        writer.write(
            Draft::positive(&format!("installer/display/source-{:02}", number + 1), &format!("a source called {name}"), &["MOTD-SHOW-8", "MOTD-SHOW-1"])
                .asks(
                    render(&[(name, document(&[tls()]))], json!(100), "terminal"),
                    json!({ "status": "accepted", "result": { "lines": { "$each": { "$starts-with": format!("notice[{name}]") } } } }),
                ),
        )?;
    }
    let refused = json!({ "status": "rejected", "stage": "configuration", "code": "source" });
    for (number, name) in [
        "",
        "a b",
        "pypi]",
        "pypi\u{1b}[0m",
        "é",
        "123456789012345678901234567890123",
    ]
    .into_iter()
    .enumerate()
    {
        writer.write(
            Draft::negative(
                &format!("installer/display/no-source-{:02}", number + 1),
                "installer/display/source-01",
                &format!("a source called {name:?}"),
                &["MOTD-SHOW-8"],
            )
            .asks(
                render(&[(name, document(&[tls()]))], json!(80), "terminal"),
                refused.clone(),
            ),
        )?;
    }
    Ok(())
}

/// One paragraph on a terminal of so many columns, and the lines that it gets.
fn paragraph(text: &str, languages: &[&str], columns: Value) -> (Value, Vec<Value>) {
    let mut one = notice("a", "info");
    one["text"]["en"] = json!({ "title": "T", "body": [text] });
    let mut request = render(&[("s", document(&[one]))], columns, "terminal");
    request["machine"] = json!({ "languages": languages });
    (request, vec![json!("notice[s] INFO: T")])
}

fn wrapping(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "installer/wrapping/fits";
    // `notice[s] ` is 10 columns; 41 columns leave 30 for the text.
    let cases: [(&str, &str, &str, &[&str]); 12] = [
        (
            "fits",
            "30 columns of text",
            "aaaaaaaaa bbbbbbbbb cccccccccc",
            &["aaaaaaaaa bbbbbbbbb cccccccccc"],
        ),
        (
            "one-more",
            "31 columns of text",
            "aaaaaaaaa bbbbbbbbb ccccccccccc",
            &["aaaaaaaaa bbbbbbbbb", "ccccccccccc"],
        ),
        (
            "break-at-end",
            "a space just where the line is full",
            "aaaaaaaaa bbbbbbbbb cccccccccc d",
            &["aaaaaaaaa bbbbbbbbb cccccccccc", "d"],
        ),
        (
            "no-break",
            "a word of 61 columns",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            &[
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "a",
            ],
        ),
        (
            "spaces",
            "several spaces at the break",
            "aaaaaaaaa bbbbbbbbb ccccc     ddddd",
            &["aaaaaaaaa bbbbbbbbb ccccc", "ddddd"],
        ),
        (
            "leading-spaces",
            "spaces at the beginning stay",
            "   aaaaaa bbbbbbbbb cccccccccc d",
            &["   aaaaaa bbbbbbbbb cccccccccc", "d"],
        ),
        (
            "wide",
            "wide characters are two columns",
            "一二三四五六七八九十一二三四五六",
            &["一二三四五六七八九十一二三四五", "六"],
        ),
        (
            "wide-odd",
            "a wide character is not cut in two",
            "a一二三四五六七八九十一二三四五",
            &["a一二三四五六七八九十一二三四", "五"],
        ),
        (
            "marks",
            "a mark is one column, and stays with its base",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaae\u{301}bc",
            &["aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "e\u{301}bc"],
        ),
        (
            "marks-at-end",
            "three marks behind the last column",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaae\u{301}\u{302}\u{303}b",
            &["aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "e\u{301}\u{302}\u{303}b"],
        ),
        (
            "marked-space",
            "a space that bears a mark is no break",
            "aaaaaaaaa bbbbbbbbb ccccc \u{301}ddddddd",
            &["aaaaaaaaa bbbbbbbbb", "ccccc \u{301}ddddddd"],
        ),
        (
            "emoji",
            "emoji are two columns",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa😀",
            &["aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "😀"],
        ),
    ];
    for (id, title, text, expected) in cases {
        let (request, mut shown) = paragraph(text, &[], json!(41));
        shown.extend(
            expected
                .iter()
                .map(|line| json!(format!("notice[s] {line}"))),
        );
        let expect = json!({ "status": "accepted", "result": { "lines": shown } });
        let id = format!("installer/wrapping/{id}");
        let draft = if id == BASE {
            Draft::positive(&id, title, &["MOTD-SHOW-2"])
        } else {
            Draft::negative(&id, BASE, title, &["MOTD-SHOW-2"])
        };
        writer.write(draft.asks(request, expect))?;
    }
    // Ambiguous width: one column, and two for readers of Chinese, Japanese and Korean.
    let text = "αααααααααααααααααααααααααααααα";
    let (request, mut shown) = paragraph(text, &["de"], json!(41));
    shown.push(json!(format!("notice[s] {text}")));
    writer.write(
        Draft::positive(
            "installer/wrapping/ambiguous",
            "characters of ambiguous width are one column",
            &["MOTD-SHOW-2"],
        )
        .asks(
            request,
            json!({ "status": "accepted", "result": { "lines": shown } }),
        ),
    )?;
    let (request, mut shown) = paragraph(text, &["ja"], json!(41));
    shown.extend([
        json!("notice[s] ααααααααααααααα"),
        json!("notice[s] ααααααααααααααα"),
    ]);
    writer.write(
        Draft::negative(
            "installer/wrapping/ambiguous-wide",
            "installer/wrapping/ambiguous",
            "for a reader of Japanese they are two",
            &["MOTD-SHOW-2"],
        )
        .asks(
            request,
            json!({ "status": "accepted", "result": { "lines": shown } }),
        ),
    )?;
    for (id, title, columns, width) in [
        (
            "unknown-width",
            "a terminal that does not say how wide it is: 79 columns",
            Value::Null,
            69,
        ),
        (
            "very-wide",
            "a terminal of 500 columns: 99 are used",
            json!(500),
            89,
        ),
    ] {
        let (request, mut shown) = paragraph(&"a".repeat(100), &[], columns);
        shown.extend([
            json!(format!("notice[s] {}", "a".repeat(width))),
            json!(format!("notice[s] {}", "a".repeat(100 - width))),
        ]);
        writer.write(
            Draft::negative(
                &format!("installer/wrapping/{id}"),
                BASE,
                title,
                &["MOTD-SHOW-2"],
            )
            .asks(
                request,
                json!({ "status": "accepted", "result": { "lines": shown } }),
            ),
        )?;
    }
    let (request, mut shown) = paragraph("aaaaaaaaaaaaaaaaaaaa", &[], json!(31));
    shown.push(json!("notice[s] aaaaaaaaaaaaaaaaaaaa"));
    writer.write(
        Draft::positive(
            "installer/wrapping/narrow",
            "20 columns of text are enough",
            &["MOTD-SHOW-2"],
        )
        .asks(
            request,
            json!({ "status": "accepted", "result": { "lines": shown } }),
        ),
    )?;
    let (request, _) = paragraph("aaaaaaaaaaaaaaaaaaaa", &[], json!(30));
    writer.write(
        Draft::negative("installer/wrapping/too-narrow", "installer/wrapping/narrow", "19 columns of text are not", &["MOTD-SHOW-2"])
            .asks(request, json!({ "status": "accepted", "result": { "lines": [], "notices": [[{ "decision": "skip", "reason": "too-narrow" }]] } })),
    )
}

fn several(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "installer/display/three";
    let with = |id: &str, severity: &str, begins: &str| {
        let mut notice = notice(id, severity);
        notice["begins"] = json!(begins);
        notice
    };
    let (early, late) = ("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z");
    let three = document(&[
        with("c", "info", early),
        with("b", "critical", early),
        with("a", "warning", early),
    ]);
    writer.write(
        Draft::positive(
            BASE,
            "three notices, the most severe first",
            &["MOTD-SHOW-5"],
        )
        .asks(
            render(&[("s", three)], json!(80), "terminal"),
            lines(&[
                "notice[s] CRITICAL: Title of b",
                "notice[s] WARNING: Title of a",
                "notice[s] INFO: Title of c",
            ]),
        ),
    )?;
    let begins = document(&[
        with("a", "info", early),
        with("b", "info", late),
        with("c", "info", early),
    ]);
    writer.write(
        Draft::positive(
            "installer/display/order",
            "of one severity, the later one first, then by id",
            &["MOTD-SHOW-5"],
        )
        .asks(
            render(&[("s", begins)], json!(80), "terminal"),
            lines(&[
                "notice[s] INFO: Title of b",
                "notice[s] INFO: Title of a",
                "notice[s] INFO: Title of c",
            ]),
        ),
    )?;
    let five = document(&[
        with("a", "info", early),
        with("b", "info", early),
        with("c", "warning", early),
        with("d", "critical", early),
        with("e", "info", late),
    ]);
    writer.write(
        Draft::negative("installer/display/five", BASE, "two notices more than are shown", &["MOTD-SHOW-5"]).asks(
            render(&[("s", five)], json!(100), "terminal"),
            json!({ "status": "accepted", "result": {
                "lines": ["notice[s] CRITICAL: Title of d", "notice[s] WARNING: Title of c", "notice[s] INFO: Title of e", { "$starts-with": "notice[s] 2 more: " }],
                "notices": [[
                    { "id": "a", "decision": "skip", "reason": "run-limit" }, { "id": "b", "decision": "skip", "reason": "run-limit" },
                    { "id": "c", "decision": "show" }, { "id": "d", "decision": "show" }, { "id": "e", "decision": "show" },
                ]],
            } }),
        ),
    )?;
    let many = document(&[
        with("a", "info", early),
        with("b", "info", early),
        with("c", "info", early),
    ]);
    let flood = document(&[with("z", "critical", early), with("y", "warning", early)]);
    writer.write(
        Draft::negative("installer/display/two-sources", BASE, "a second source floods what the first has to say", &["MOTD-SHOW-5"]).asks(
            render(&[("one", many), ("two", flood)], json!(100), "terminal"),
            json!({ "status": "accepted", "result": { "lines": [
                "notice[two] CRITICAL: Title of z", "notice[two] WARNING: Title of y", "notice[one] INFO: Title of a",
                { "$starts-with": "notice[one] 2 more: " },
            ] } }),
        ),
    )
}

fn forms(writer: &mut Writer) -> Result<()> {
    let mut two = tls();
    two["id"] = json!("second");
    two["severity"] = json!("info");
    two["links"] = json!([]);
    let both = document(&[tls(), two]);
    writer.write(
        Draft::positive(
            "installer/display/plain",
            "the mode without prefixes",
            &["MOTD-SHOW-2", "MOTD-SHOW-1"],
        )
        .asks(
            render(&[("pypi", both.clone())], json!(80), "plain"),
            lines(&[
                "notice from pypi",
                "WARNING: TLS 1.2 will be required on 30 June",
                "From that day the index refuses connections that use TLS 1.0 or TLS 1.1.",
                "",
                "Python from python.org for macOS 10.12 or older needs an update.",
                "details: https://status.example.org/tls",
                "notice from pypi",
                "INFO: TLS 1.2 will be required on 30 June",
                "From that day the index refuses connections that use TLS 1.0 or TLS 1.1.",
                "",
                "Python from python.org for macOS 10.12 or older needs an update.",
            ]),
        ),
    )?;
    const BASE: &str = "installer/display/ascii";
    let mut critical = tls();
    critical["severity"] = json!("critical");
    writer.write(
        Draft::positive(BASE, "one line for a critical notice", &["MOTD-SHOW-9"]).asks(
            render(
                &[("pypi", document(&[critical.clone()]))],
                json!(80),
                "ascii",
            ),
            lines(&["notice[pypi] CRITICAL: TLS 1.2 will be required on 30 June"]),
        ),
    )?;
    writer.write(
        Draft::negative(
            "installer/display/ascii-others",
            BASE,
            "notices that are not critical have no line",
            &["MOTD-SHOW-9"],
        )
        .asks(render(&[("pypi", both)], json!(80), "ascii"), lines(&[])),
    )?;
    critical["text"]["en"]["title"] = json!(format!("Größe \\ 😀 {}", "a".repeat(90)));
    let line = format!(
        "notice[pypi] CRITICAL: Gr\\u{{f6}}\\u{{df}}e \\u{{5c}} \\u{{1f600}} {}",
        "a".repeat(90)
    );
    writer.write(
        Draft::negative(
            "installer/display/ascii-escapes",
            BASE,
            "what is not ASCII is escaped, and nothing is wrapped",
            &["MOTD-SHOW-9"],
        )
        .asks(
            render(&[("pypi", document(&[critical]))], json!(80), "ascii"),
            lines(&[&line]),
        ),
    )
}
