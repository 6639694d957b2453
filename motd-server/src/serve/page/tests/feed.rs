//! The feed, as an XML parser reads it.

use super::*;

#[test]
fn the_feed_is_well_formed_and_moves_with_the_revision() {
    let mut odd = notice("odd", "A < B & \"C\" 'D' ]]> \u{1f600}");
    odd["links"] = json!([{ "rel": "details", "url": "https://status.example.org/?a=1&b=2" }]);
    odd["topic"] = "deprecation".into();
    let updated = |notice: &Value| {
        let test = published(std::slice::from_ref(notice));
        let [_, feed, _] = public(&test.repository, time(NOW));
        elements(&feed)
    };
    let first = updated(&odd);
    odd["revision"] = 2.into();
    let second = updated(&odd);
    let text = |elements: &[(String, String)], name: &str| {
        let found = elements.iter().filter(|(path, _)| path == name);
        found.map(|(_, text)| text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        text(&first, "feed/entry/title"),
        ["INFO: A < B & \"C\" 'D' ]]> \u{1f600}"]
    );
    assert_eq!(
        text(&first, "feed/entry/id"),
        ["tag:index.example.org,2018:tuf-motd:index.example.org:odd"]
    );
    assert_eq!(
        text(&first, "feed/entry/id"),
        text(&second, "feed/entry/id")
    );
    assert_eq!(text(&first, "feed/entry/updated"), ["2018-04-12T00:00:00Z"]);
    assert_eq!(
        text(&second, "feed/entry/updated"),
        ["2018-04-12T00:00:01Z"]
    );
    assert_eq!(text(&second, "feed/updated"), ["2018-04-12T00:00:01Z"]);
}

/// Every element of a well-formed document: its path, and its text.
fn elements(xml: &str) -> Vec<(String, String)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut path: Vec<String> = Vec::new();
    let mut open = false;
    let mut found: Vec<(String, String)> = Vec::new();
    loop {
        let event = reader.read_event().unwrap();
        match event {
            Event::Start(start) => {
                for attribute in start.attributes() {
                    attribute.unwrap();
                }
                open = true;
                path.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                found.push((path.join("/"), String::new()));
            }
            Event::End(_) => {
                open = false;
                path.pop();
            }
            Event::Text(text) if open => {
                found
                    .last_mut()
                    .unwrap()
                    .1
                    .push_str(&text.decode().unwrap());
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().unwrap().unwrap();
                found.last_mut().unwrap().1.push(character);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(path.is_empty());
    found
}
