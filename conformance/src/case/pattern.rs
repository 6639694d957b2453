//! Answers are compared with patterns: JSON in which an object asks for its own members only, and a member that begins
//! with `$` asks for something other than equality.

use serde_json::{Map, Value};

/// Where an answer is not as the pattern says, each with its place; none when it fits.
///
/// An object of the pattern fits an object that has its members, each fitting; an array fits an array of the same length,
/// element by element; anything else fits what is equal. Operators are objects with one member: `$any` (`true`: it is
/// there), `$absent`, `$not` (the pattern that must not fit),
/// `$exactly` (an object with these members and no others), `$one-of`, `$contains` (a text, or an element that fits one
/// of the array), `$lacks` (the opposite), `$starts-with`, `$each` (every element fits), `$in-any-order` (as many elements,
/// and each pattern fits one of its own), `$at-most` and `$at-least` (a number).
#[must_use]
pub fn differences(pattern: &Value, found: &Value) -> Vec<String> {
    let mut out = Vec::new();
    compare(pattern, Some(found), "", &mut out);
    out
}

fn compare(pattern: &Value, found: Option<&Value>, place: &str, out: &mut Vec<String>) {
    if let (Some(("$exactly", operand)), Some(Value::Object(object))) =
        (as_operator(pattern), found)
        && operand
            .as_object()
            .is_some_and(|members| members.keys().eq(object.keys()))
    {
        return compare(operand, found, place, out);
    }
    if let Some((operator, operand)) = as_operator(pattern) {
        if !fits(operator, operand, found) {
            out.push(format!(
                "{}: expected {operator} {}, found {}",
                shown_place(place),
                shown(Some(operand)),
                shown(found)
            ));
        }
        return;
    }
    match (pattern, found) {
        (Value::Object(members), Some(Value::Object(object))) => {
            for (name, pattern) in members {
                compare(pattern, object.get(name), &format!("{place}/{name}"), out);
            }
        }
        (Value::Array(patterns), Some(Value::Array(items))) if patterns.len() == items.len() => {
            for (index, (pattern, item)) in patterns.iter().zip(items).enumerate() {
                compare(pattern, Some(item), &format!("{place}/{index}"), out);
            }
        }
        (Value::Array(patterns), Some(Value::Array(items))) => out.push(format!(
            "{}: expected {} elements, found {}: {}",
            shown_place(place),
            patterns.len(),
            items.len(),
            shown(found)
        )),
        (pattern, found) if Some(pattern) == found => {}
        (pattern, found) => out.push(format!(
            "{}: expected {}, found {}",
            shown_place(place),
            shown(Some(pattern)),
            shown(found)
        )),
    }
}

fn as_operator(pattern: &Value) -> Option<(&str, &Value)> {
    let members: &Map<String, Value> = pattern.as_object()?;
    let (name, operand) = members.iter().next()?;
    (members.len() == 1 && name.starts_with('$')).then_some((name, operand))
}

fn fits(operator: &str, operand: &Value, found: Option<&Value>) -> bool {
    let matches = |pattern: &Value, found: &Value| differences(pattern, found).is_empty();
    match (operator, found) {
        ("$absent", found) => found.is_none(),
        ("$any", found) => found.is_some(),
        ("$not", Some(found)) => !matches(operand, found),
        ("$one-of", Some(found)) => operand
            .as_array()
            .is_some_and(|options| options.iter().any(|option| matches(option, found))),
        ("$contains", Some(Value::String(text))) => {
            operand.as_str().is_some_and(|part| text.contains(part))
        }
        ("$contains", Some(Value::Array(items))) => items.iter().any(|item| matches(operand, item)),
        ("$lacks", Some(Value::String(text))) => {
            operand.as_str().is_some_and(|part| !text.contains(part))
        }
        ("$lacks", Some(Value::Array(items))) => !items.iter().any(|item| matches(operand, item)),
        ("$starts-with", Some(Value::String(text))) => operand
            .as_str()
            .is_some_and(|start| text.starts_with(start)),
        ("$each", Some(Value::Array(items))) => items.iter().all(|item| matches(operand, item)),
        ("$in-any-order", Some(Value::Array(items))) => {
            let items: Vec<&Value> = items.iter().collect();
            operand
                .as_array()
                .is_some_and(|patterns| pair_off(patterns, &items))
        }
        ("$at-most", Some(Value::Number(number))) => number
            .as_f64()
            .zip(operand.as_f64())
            .is_some_and(|(number, limit)| number <= limit),
        ("$at-least", Some(Value::Number(number))) => number
            .as_f64()
            .zip(operand.as_f64())
            .is_some_and(|(number, limit)| number >= limit),
        // An operator that is not there, or another type than it looks at: nothing fits.
        _ => false,
    }
}

/// Whether every pattern fits an element that is no other's, and none is left. Patterns come from cases, and are few.
fn pair_off(patterns: &[Value], items: &[&Value]) -> bool {
    if patterns.len() != items.len() {
        return false;
    }
    let Some((first, rest)) = patterns.split_first() else {
        return true;
    };
    items.iter().enumerate().any(|(index, item)| {
        let mut others = items.to_vec();
        others.remove(index);
        differences(first, item).is_empty() && pair_off(rest, &others)
    })
}

fn shown_place(place: &str) -> &str {
    if place.is_empty() { "answer" } else { place }
}

fn shown(found: Option<&Value>) -> String {
    const LONGEST: usize = 200;
    let text = found.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Pattern, value, whether it fits.
    fn table() -> Vec<(Value, Value, bool)> {
        vec![
            (json!({"a": 1}), json!({"a": 1, "b": 2}), true),
            (json!({"a": 1}), json!({"a": 2}), false),
            (json!({"a": null}), json!({"a": null}), true),
            (json!({"a": null}), json!({}), false),
            (json!({"a": {"$absent": true}}), json!({}), true),
            (json!({"a": {"$absent": true}}), json!({"a": null}), false),
            (json!({"a": {"$any": true}}), json!({"a": null}), true),
            (json!({"a": {"$any": true}}), json!({}), false),
            (json!([1, 2]), json!([1, 2]), true),
            (json!([1, 2]), json!([2, 1]), false),
            (json!([1]), json!([1, 2]), false),
            (json!([]), json!([]), true),
            (json!([]), json!({}), false),
            (json!({}), json!([]), false),
            (json!(1), json!("1"), false),
            (json!({"$not": 1}), json!(2), true),
            (json!({"$not": 1}), json!(1), false),
            (json!({"a": {"$not": 1}}), json!({}), false),
            (json!({"$exactly": {"a": 1}}), json!({"a": 1}), true),
            (
                json!({"$exactly": {"a": 1}}),
                json!({"a": 1, "b": 1}),
                false,
            ),
            (json!({"$exactly": {"a": 1}}), json!({"a": 2}), false),
            (json!({"$exactly": {}}), json!({}), true),
            (json!({"$exactly": {}}), json!([]), false),
            (json!({"$one-of": [1, 2]}), json!(2), true),
            (json!({"$one-of": [1, 2]}), json!(3), false),
            (json!({"$contains": "b"}), json!("abc"), true),
            (json!({"$contains": "x"}), json!("abc"), false),
            (
                json!({"$contains": {"a": 1}}),
                json!([{"a": 2}, {"a": 1, "b": 1}]),
                true,
            ),
            (json!({"$contains": {"a": 3}}), json!([{"a": 2}]), false),
            (json!({"$lacks": "x"}), json!("abc"), true),
            (json!({"$lacks": "b"}), json!("abc"), false),
            (json!({"$lacks": "b"}), json!(null), false),
            (json!({"$lacks": {"a": 1}}), json!([{"a": 2}]), true),
            (json!({"$lacks": {"a": 2}}), json!([{"a": 2}]), false),
            (json!({"$starts-with": "ab"}), json!("abc"), true),
            (json!({"$starts-with": "bc"}), json!("abc"), false),
            (
                json!({"$each": {"a": 1}}),
                json!([{"a": 1}, {"a": 1, "b": 2}]),
                true,
            ),
            (
                json!({"$each": {"a": 1}}),
                json!([{"a": 1}, {"a": 2}]),
                false,
            ),
            (json!({"$in-any-order": [1, 2]}), json!([2, 1]), true),
            (json!({"$in-any-order": [1, 2]}), json!([2, 3]), false),
            (json!({"$in-any-order": [1]}), json!([1, 1]), false),
            (json!({"$in-any-order": []}), json!([]), true),
            (json!({"$in-any-order": [1, 1]}), json!([1, 2]), false),
            (
                json!({"$in-any-order": [{"a": 1}, {"b": 1}]}),
                json!([{"a": 1, "b": 1}, {"c": 1}]),
                false,
            ),
            (
                json!({"$in-any-order": [{"a": 1}, {"b": 1}]}),
                json!([{"a": 1, "b": 1}, {"a": 1}]),
                true,
            ),
            (json!({"$in-any-order": [1]}), json!(1), false),
            (json!({"$at-most": 3}), json!(3), true),
            (json!({"$at-most": 3}), json!(4), false),
            (json!({"$at-least": 3}), json!(3), true),
            (json!({"$at-least": 3}), json!(2), false),
            (json!({"$at-least": 3}), json!("4"), false),
            (json!({"$at-most": 3}), json!("3"), false),
            (json!({"$at-most": "3"}), json!(3), false),
            (json!({"$unheard-of": 3}), json!(3), false),
        ]
    }

    /// The same, of values that are of another type than the pattern looks at, or not there.
    fn table_of_types() -> Vec<(Value, Value, bool)> {
        vec![
            (json!({"$contains": 1}), json!("1"), false),
            (json!({"$lacks": 1}), json!("2"), false),
            (json!({"$lacks": 1}), json!({}), false),
            (json!({"$starts-with": "a"}), json!(["a"]), false),
            (json!({"$each": 1}), json!(1), false),
            (json!({"$one-of": 1}), json!(1), false),
            (json!({"a": {"$not": 1}}), json!({}), false),
            (json!({"a": {"$lacks": "x"}}), json!({}), false),
            (json!({"a": {"$at-most": 3}}), json!({}), false),
            (json!({"a": 1}), json!([1]), false),
            (json!([1]), json!({"0": 1}), false),
            (json!([1, 2]), json!([1]), false),
            (json!(1), json!("1"), false),
            (json!({}), json!({"a": 1}), true),
            (json!({}), json!(null), false),
            // An operator stands alone, and begins with its sign.
            (json!({"$any": true, "a": 1}), json!({"a": 1}), false),
            (
                json!({"$any": true, "a": 1}),
                json!({"$any": true, "a": 1}),
                true,
            ),
        ]
    }

    #[test]
    fn patterns_fit_what_they_say_and_nothing_else() {
        for (pattern, found, expected) in table().into_iter().chain(table_of_types()) {
            let wrong = differences(&pattern, &found);
            assert_eq!(wrong.is_empty(), expected, "{pattern} {found} {wrong:?}");
        }
    }

    #[test]
    fn a_difference_names_its_place_and_shows_both_sides() {
        for (pattern, found, shown) in [
            (
                json!({"a": [{"b": 1}]}),
                json!({"a": [{"b": 2}]}),
                "/a/0/b: expected 1, found 2",
            ),
            (json!(1), json!(2), "answer: expected 1, found 2"),
            (json!({"a": 1}), json!({}), "/a: expected 1, found nothing"),
            (
                json!({"a": [1]}),
                json!({"a": []}),
                "/a: expected 1 elements, found 0: []",
            ),
            (
                json!({"$at-most": 3}),
                json!(4),
                "answer: expected $at-most 3, found 4",
            ),
            (
                json!({"$exactly": {"a": 1}}),
                json!({"a": 2}),
                "/a: expected 1, found 2",
            ),
            (
                json!({"$exactly": {"a": 1}}),
                json!({"a": 1, "b": 2}),
                "answer: expected $exactly {\"a\":1}, found {\"a\":1,\"b\":2}",
            ),
        ] {
            assert_eq!(differences(&pattern, &found), [shown]);
        }
    }

    #[test]
    fn every_difference_is_told() {
        let wrong = differences(&json!({"a": 1, "b": [1, 2]}), &json!({"a": 2, "b": [2, 1]}));
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }

    #[test]
    fn a_long_value_is_cut_and_a_short_one_is_not() {
        let shown = |length: usize| {
            let found = "x".repeat(length);
            differences(&json!(1), &json!(found)).join("")
        };
        // With its quotation marks, which count.
        assert!(shown(198).ends_with("x\""));
        assert!(shown(199).ends_with("x…"));
    }
}
