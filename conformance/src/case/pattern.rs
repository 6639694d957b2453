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
/// and each pattern fits one), `$at-most` and `$at-least` (a number).
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
            operand.as_array().is_some_and(|patterns| {
                patterns.len() == items.len()
                    && patterns
                        .iter()
                        .all(|pattern| items.iter().any(|item| matches(pattern, item)))
            })
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
            (json!({"$at-most": 3}), json!(3), true),
            (json!({"$at-most": 3}), json!(4), false),
            (json!({"$at-least": 3}), json!(3), true),
            (json!({"$at-least": 3}), json!(2), false),
            (json!({"$at-least": 3}), json!("4"), false),
            (json!({"$unheard-of": 3}), json!(3), false),
        ]
    }

    #[test]
    fn patterns_fit_what_they_say_and_nothing_else() {
        for (pattern, found, expected) in table() {
            let wrong = differences(&pattern, &found);
            assert_eq!(wrong.is_empty(), expected, "{pattern} {found} {wrong:?}");
        }
    }

    #[test]
    fn a_difference_names_its_place() {
        assert_eq!(
            differences(&json!({"a": [{"b": 1}]}), &json!({"a": [{"b": 2}]})),
            ["/a/0/b: expected 1, found 2"]
        );
    }
}
