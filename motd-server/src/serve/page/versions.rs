//! A version range in words. Chapter 4, section 4.7.

/// A range that was judged good, such as `vers:pypi/>=9|<9.0.3`, as somebody would say it.
pub(super) fn in_words(range: &str) -> String {
    let constraints = range.split_once('/').map_or("", |(_, rest)| rest);
    if constraints == "*" {
        return "in any version".to_owned();
    }
    let mut said = Vec::new();
    let mut open: Option<Interval> = None;
    for constraint in constraints.split('|') {
        let (comparator, version) = split(constraint);
        // What begins below its first bound begins at the lowest version there is.
        match comparator {
            "" => said.push(format!("exactly {version}")),
            ">" => open = Some(Interval::from(format!("above {version}"))),
            ">=" => open = Some(Interval::from(format!("{version} or above"))),
            "!=" => open.get_or_insert_default().except.push(version),
            upper => {
                let mut interval = open.take().unwrap_or_default();
                interval.upper = Some(if upper == "<" {
                    format!("below {version}")
                } else {
                    format!("{version} or below")
                });
                said.push(interval.words());
            }
        }
    }
    said.extend(open.map(Interval::words));
    format!("in version {}", said.join(", or "))
}

/// Versions from one bound to another.
#[derive(Default)]
struct Interval {
    lower: Option<String>,
    upper: Option<String>,
    except: Vec<String>,
}

impl Interval {
    fn from(lower: String) -> Self {
        Self {
            lower: Some(lower),
            ..Self::default()
        }
    }

    fn words(self) -> String {
        let bounds: Vec<_> = self.lower.into_iter().chain(self.upper).collect();
        let mut said = if bounds.is_empty() {
            "any".to_owned()
        } else {
            bounds.join(" and ")
        };
        if !self.except.is_empty() {
            said.push_str(" except ");
            said.push_str(&self.except.join(" and "));
        }
        said
    }
}

fn split(constraint: &str) -> (&'static str, String) {
    let comparators = ["<=", ">=", "!=", "<", ">"];
    let found = comparators
        .into_iter()
        .find_map(|comparator| Some((comparator, constraint.strip_prefix(comparator)?)));
    let (comparator, version) = found.unwrap_or(("", constraint));
    (comparator, decode(version))
}

/// MOTD-VERS-1: exactly seven characters are percent-encoded. `%` comes last, so that nothing is decoded twice.
fn decode(version: &str) -> String {
    let encoded = [
        ("%21", "!"),
        ("%2A", "*"),
        ("%3C", "<"),
        ("%3D", "="),
        ("%3E", ">"),
        ("%7C", "|"),
        ("%25", "%"),
    ];
    encoded
        .into_iter()
        .fold(version.to_owned(), |version, (code, character)| {
            version.replace(code, character)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_said_as_they_are_meant() {
        let cases = [
            ("vers:pypi/*", "in any version"),
            ("vers:pypi/<9.0.3", "in version below 9.0.3"),
            ("vers:pypi/9.0.1", "in version exactly 9.0.1"),
            (
                "vers:npm/>=1.0.0|<2.0.0",
                "in version 1.0.0 or above and below 2.0.0",
            ),
            ("vers:npm/!=1.0.0", "in version any except 1.0.0"),
            (
                "vers:npm/>1.0.0|!=1.5.0",
                "in version above 1.0.0 except 1.5.0",
            ),
            (
                "vers:npm/<=1.0.0|3.0.0|>4.0.0",
                "in version 1.0.0 or below, or exactly 3.0.0, or above 4.0.0",
            ),
            ("vers:pypi/<1%2125", "in version below 1!25"),
            (
                "vers:intdot/!=1|!=2|<3",
                "in version below 3 except 1 and 2",
            ),
        ];
        for (range, words) in cases {
            assert_eq!(in_words(range), words, "{range}");
        }
    }

    #[test]
    fn nothing_is_decoded_twice() {
        assert_eq!(decode("%252A"), "%2A");
    }
}
