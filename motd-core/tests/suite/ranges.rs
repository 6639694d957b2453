//! Version ranges: membership, refusals, and the orders against other implementations.

use std::cmp::Ordering;

use motd_core::{Code, Purl, Scheme, Version, Versions};
use proptest::prelude::*;

/// Chapter 4, section 4.8: range, version, result; or range and code.
const TABLE: &str = "vers:pypi/<9.0.3 | 9.0.1 | in
vers:pypi/<9.0.3 | 9.0.3 | out
vers:pypi/<9.0.3 | 9.0.3rc1 | in
vers:pypi/<9.0.3 | 9.0.3.dev0 | in
vers:pypi/<9.0.3 | 10.0.0 | out
vers:pypi/<9.0.3 | unknown | out
vers:pypi/<=9.0.3 | 9.0.3+distro1 | in
vers:pypi/>9.0.3 | 9.0.3.post1 | in
vers:pypi/9.0.3 | 9.0.3.0 | in
vers:pypi/9.0.3 | 9.0.3+distro1 | in
vers:pypi/9.0.3 | v9.0.3 | in
vers:pypi/1.0RC1 | 1.0-c.1 | in
vers:pypi/>=1%210 | 2018.1 | out
vers:pypi/>=1%210 | 1!0.1 | in
vers:pypi/* | 1.0 | in
vers:pypi/* | not a version | out
vers:pypi/1.0|>=2.0|<3.0|4.0 | 1.0 | in
vers:pypi/1.0|>=2.0|<3.0|4.0 | 1.5 | out
vers:pypi/1.0|>=2.0|<3.0|4.0 | 2.0 | in
vers:pypi/1.0|>=2.0|<3.0|4.0 | 3.0 | out
vers:pypi/1.0|>=2.0|<3.0|4.0 | 4.0 | in
vers:pypi/1.0|>=2.0|<3.0|4.0 | 5.0 | out
vers:pypi/>=1.0|!=1.5|<2.0 | 1.4 | in
vers:pypi/>=1.0|!=1.5|<2.0 | 1.5 | out
vers:pypi/>=1.0|!=1.5|<2.0 | 1.6 | in
vers:pypi/<1.0|>=18446744073709551616 | 18446744073709551617 | in
vers:pypi/<1.0|>=18446744073709551616 | 18446744073709551615 | out
vers:semver/!=1.2.3 | 1.2.3+build | out
vers:semver/!=1.2.3 | 1.2.4 | in
vers:semver/>=1.0.0-alpha|<1.0.0 | 1.0.0-alpha.1 | in
vers:semver/>=1.0.0-alpha|<1.0.0 | 1.0.0-rc.11 | in
vers:semver/>=1.0.0-alpha|<1.0.0 | 1.0.0 | out
vers:semver/<1.0.0-rc.11 | 1.0.0-rc.2 | in
vers:cargo/<1.80.0 | 1.80.0-nightly | in
vers:npm/>=7.0.0 | v7.0.0 | out
vers:npm/>=7.0.0 | 7.0 | out
vers:intdot/10.04 | 10.4.0 | in
vers:intdot/>=12|<13 | 12.6.1 | in
vers:intdot/>=12|<13 | 12.6b | out
vers:intdot/<99999999999999999999 | 99999999999999999998.7 | in
vers:later/<1 | 0 | out
vers:deb/<1 | 0 | in
vers:deb/>=1:2.0~rc1-1|<1:2.0-2 | 1:2.0-1ubuntu1 | in
vers:deb/>=1:2.0~rc1-1|<1:2.0-2 | 2.0-1 | out
vers:deb/<2.0-1 | 2:a | out
vers:rpm/<1.0 | 1.0~rc1-3.fc40 | in
vers:rpm/1.0 | 1.0-1 | out
vers:rpm/>=1:1.0|<1:2.0 | 1:1.0^git1-1 | in
vers:rpm/>=1:1.0|<1:2.0 | 1.5 | out
vers:pypi/=1.0 | refused | versions-malformed
vers:pypi/==1.0 | refused | versions-malformed
vers:pypi/ | refused | versions-malformed
vers:pypi/<1.0| | refused | versions-malformed
vers:pypi/|<1.0 | refused | versions-malformed
vers:pypi/*|<1.0 | refused | versions-malformed
vers:pypi/** | refused | versions-malformed
vers:pypi/< 1.0 | refused | versions-malformed
vers:pypi/1!2.0 | refused | versions-malformed
vers:pypi/1.0%2b1 | refused | versions-malformed
vers:pypi/1%3c2 | refused | versions-malformed
vers:pypi/1%2 | refused | versions-malformed
vers:pypi/1.é | refused | versions-malformed
vers:PyPI/1.0 | refused | versions-malformed
vers:/1.0 | refused | versions-malformed
vers:pypi | refused | versions-malformed
vers:later/< 1.0 | refused | versions-malformed
pypi/<1.0 | refused | versions-malformed
vers:pypi/<1.x | refused | versions-unparsable
vers:pypi/<<1 | refused | versions-malformed
vers:semver/<1.0 | refused | versions-unparsable
vers:semver/<01.0.0 | refused | versions-unparsable
vers:intdot/<1.0b1 | refused | versions-unparsable
vers:pypi/>=2.0|<1.0 | refused | versions-order
vers:pypi/1.0|1.0.0 | refused | versions-order
vers:pypi/>=1.0|<=1.0 | refused | versions-order
vers:semver/1.0.0+a|1.0.0+b | refused | versions-order
vers:intdot/10|10.0 | refused | versions-order
vers:deb/1.0|1.0-0 | refused | versions-order
vers:rpm/1.0|1_0 | refused | versions-order
vers:deb/<a1 | refused | versions-unparsable
vers:rpm/<1-2-3 | refused | versions-unparsable
vers:pypi/<2|<1 | refused | versions-order
vers:pypi/<1|<2 | refused | versions-redundant
vers:pypi/>1|>=2 | refused | versions-redundant
vers:pypi/<1|!=2 | refused | versions-redundant
vers:pypi/1|!=2 | refused | versions-redundant
vers:pypi/!=1|2 | refused | versions-redundant
vers:pypi/>=1|2|<3 | refused | versions-redundant
vers:pypi/1|<2 | refused | versions-redundant
vers:pypi/>=1|<2|<=3 | refused | versions-redundant
vers:pypi/!=1|>2 | refused | versions-redundant";

#[test]
fn membership_and_refusals() {
    for line in TABLE.lines() {
        let [range, version, expected] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let scheme = range.trim_start_matches("vers:").split('/').next().unwrap();
        let kind = if scheme == "pypi" || scheme.len() < 3 {
            "pypi"
        } else {
            "generic"
        };
        let purl: Purl = format!("pkg:{kind}/pip").parse().unwrap();
        let found = match Versions::parse(range, &purl) {
            Err(code) => code.as_str(),
            Ok(versions) => {
                if versions.match_any(&[version.to_owned()]) {
                    "in"
                } else {
                    "out"
                }
            }
        };
        assert_eq!(found, expected, "{line}");
    }
}

/// Chapter 4, section 4.7: the table of neighbours, cell by cell.
#[test]
fn neighbours() {
    let comparators = ["", "!=", "<", "<=", ">", ">="];
    let allowed = ["100011", "011100", "100011", "100011", "011100", "011100"];
    let purl: Purl = "pkg:generic/a".parse().unwrap();
    for (first, row) in comparators.iter().zip(allowed) {
        for (second, cell) in comparators.iter().zip(row.chars()) {
            let found = Versions::parse(&format!("vers:intdot/{first}1|{second}2"), &purl);
            if cell == '1' {
                found.unwrap();
            } else {
                assert_eq!(found, Err(Code::VersionsRedundant), "{first} {second}");
            }
        }
    }
}

/// MOTD-VERS-2: which scheme goes with which type.
#[test]
fn schemes_of_types() {
    for (kind, allowed) in [
        ("pypi", "pypi semver intdot"),
        ("cargo", "cargo semver intdot"),
        ("npm", "npm semver intdot"),
        ("conda", "semver intdot"),
        ("gem", "semver intdot"),
        ("deb/debian", "deb semver intdot"),
        ("rpm/fedora", "rpm semver intdot"),
        ("generic", "pypi cargo npm semver intdot deb rpm"),
    ] {
        let purl: Purl = format!("pkg:{kind}/ab").parse().unwrap();
        for scheme in ["pypi", "cargo", "npm", "semver", "intdot", "deb", "rpm"] {
            let found = Versions::parse(&format!("vers:{scheme}/*"), &purl);
            assert_eq!(
                found.is_ok(),
                allowed.split(' ').any(|name| name == scheme),
                "{kind} {scheme}"
            );
        }
        assert_eq!(
            Versions::parse("vers:gem/1", &purl),
            Ok(Versions::Unimplemented)
        );
    }
}

#[test]
fn presence() {
    let none: [String; 0] = [];
    assert!(!Versions::Present.match_any(&none));
    assert!(Versions::Present.match_any(&["what is this".to_owned()]));
    assert!(!Versions::Readable(Scheme::Semver).match_any(&["1.0".to_owned()]));
    // Any one of several; one that cannot be read does no harm.
    assert!(Versions::Readable(Scheme::Semver).match_any(&["1.0".to_owned(), "1.0.0".to_owned()]));
    assert_eq!(Version::parse(Scheme::Intdot, &"1".repeat(129)), None);
    assert!(Version::parse(Scheme::Intdot, &"1".repeat(128)).is_some());
}

#[test]
fn pypi_spellings() {
    let order = [
        "1.0.dev1",
        "1.0a1.dev1",
        "1.0a1",
        "1.0b1",
        "1.0rc1",
        "1.0",
        "1.0.post1.dev1",
        "1.0.post1",
        "1.1.dev1",
        "1!0",
    ];
    for (index, left) in order.iter().enumerate() {
        for (other, right) in order.iter().enumerate() {
            assert_eq!(
                compare(Scheme::Pypi, left, right),
                Some(index.cmp(&other)),
                "{left} {right}"
            );
        }
    }
    for (left, right) in [
        ("1.0ALPHA", "1a0"),
        ("1.0-preview_3", "1rc3"),
        ("1.0.c4", "1rc4"),
        ("1.0-1", "1.post1"),
        ("1.0rev2", "1.post2"),
        ("1.0_r3", "1.post3"),
        ("1.0a.", "1a0"),
        ("1.0a-post", "1a0.post0"),
        ("1.0dev", "1.dev0"),
        ("v1", "1"),
        ("\t1\n", "1"),
        ("1.0", "1.0+abc"),
        ("1.0+5", "1.0+A-b_c.1"),
        ("0!1", "1"),
        ("1.0beta_2.dev_3", "1b2dev3"),
        ("1.0.post-4", "1.post4"),
    ] {
        assert_eq!(
            compare(Scheme::Pypi, left, right),
            Some(Ordering::Equal),
            "{left} {right}"
        );
    }
    for text in [
        "",
        "v",
        "1.",
        ".1",
        "1..2",
        "1!",
        "!1",
        "1!2!3",
        "1.0-",
        "1.0x",
        "1.0a1b1",
        "1.0+",
        "1.0+a..b",
        "1.0+a+b",
        "1.0post--1",
        "1.0 a",
        "vv1",
        "1.0dev1post1",
        "1é",
        "１",
        "1.0-1-2",
    ] {
        assert_eq!(Version::parse(Scheme::Pypi, text), None, "{text}");
    }
}

/// Chapter 4, section 4.10: ascending lines, each with the spellings of one version.
const DEB: &str = "0~~ 0~~-0
0~~a
0~
0 00 0:0 0-0
0-0a
0-1~bpo12+1
0-1 0-01
0-1+b1
0. 0.0
1.0~rc1-1 1.0~rc01-1
1.0 1.0-0 0:1.0 1.00
1.0-1
1.0-1ubuntu1
1.0-1+b1
1.0-1.1
1.0-2
1.0a 1.0a0
1.0+dfsg-1
1.0-rc1-1
1.0.0-1
1.9
1.10
1.99999999999999999999
1.100000000000000000000
1:0
1:0:1";

const RPM: &str = "1~~
1~rc1-1.fc40
1~rc2
1 1. 0:1 001
1-1
1-1.fc40 1-1_fc40
1-2
1^
1^git1
1^git1-1
1^git2
1^2
1a
1b
1b1
1.0~rc1
1.0 1_0 1..0
1.0^20240101
1.0a
1.0.0
1.0.1
1.9
1.10 1.010
1.99999999999999999999
1.100000000000000000000
2
1:0
2:0";

#[test]
fn debian_and_rpm_orders() {
    for (scheme, table) in [(Scheme::Deb, DEB), (Scheme::Rpm, RPM)] {
        let versions: Vec<(usize, &str)> = table
            .lines()
            .enumerate()
            .flat_map(|(line, spellings)| spellings.split(' ').map(move |text| (line, text)))
            .collect();
        for (line, left) in &versions {
            for (other, right) in &versions {
                assert_eq!(
                    compare(scheme, left, right),
                    Some(line.cmp(other)),
                    "{scheme:?} {left} {right}"
                );
            }
        }
    }
}

#[test]
fn no_debian_or_rpm_version() {
    for (scheme, texts) in [
        (
            Scheme::Deb,
            "a1 :1 a:1 1: -1 1- 1:-1 1:2:3-4:5 1:a 1_0 1-1_0 1:2-é 1é 1/2 ^1 1^1",
        ),
        (
            Scheme::Rpm,
            "- 1- -1 1-2-3 a:1 :1 1: 1:2:3 1/2 1é 1-é 1-~: 1,2",
        ),
    ] {
        for text in texts.split(' ').chain(["", " 1", "1 "]) {
            assert_eq!(Version::parse(scheme, text), None, "{scheme:?} {text}");
        }
    }
    assert!(Version::parse(Scheme::Deb, "1:2:3").is_some());
    assert!(Version::parse(Scheme::Rpm, "~").is_some());
}

fn compare(scheme: Scheme, left: &str, right: &str) -> Option<Ordering> {
    Some(Version::parse(scheme, left)?.cmp(&Version::parse(scheme, right)?))
}

/// Strings that are versions often enough, and near misses otherwise.
fn pypi_like() -> impl Strategy<Value = String> {
    "v?([0-9]!)?[0-9]{1,2}(\\.[0-9]){0,3}([-_.]?(a|b|c|rc|alpha|beta|pre|preview|RC)[-_.]?[0-9]{0,2})?(-[0-9]|[-_.]?(post|rev|r)[-_.]?[0-9]{0,2})?([-_.]?dev[-_.]?[0-9]{0,2})?(\\+[a-z0-9]{1,3}([-_.][a-z0-9]{1,2}){0,2})?[a-z.-]{0,1}"
}

fn semver_like() -> impl Strategy<Value = String> {
    "[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9](-[0-9A-Za-z-]{0,3}(\\.[0-9A-Za-z-]{1,3}){0,2})?(\\+[0-9A-Za-z.-]{0,4})?"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pypi_agrees_with_pep440_rs(left in pypi_like(), right in pypi_like()) {
        let peer = |text: &str| text.parse::<pep440_rs::Version>().ok();
        prop_assert_eq!(Version::parse(Scheme::Pypi, &left).is_some(), peer(&left).is_some(), "{}", left);
        if let (Some(left_peer), Some(right_peer)) = (peer(&left), peer(&right)) {
            prop_assert_eq!(compare(Scheme::Pypi, &left, &right), Some(left_peer.cmp(&right_peer)));
        }
    }

    #[test]
    fn semver_agrees_with_semver(left in semver_like(), right in semver_like()) {
        let peer = |text: &str| semver::Version::parse(text).ok();
        prop_assert_eq!(Version::parse(Scheme::Semver, &left).is_some(), peer(&left).is_some(), "{}", left);
        if let (Some(left_peer), Some(right_peer)) = (peer(&left), peer(&right)) {
            prop_assert_eq!(compare(Scheme::Semver, &left, &right), Some(left_peer.cmp_precedence(&right_peer)));
        }
    }

    /// Numbers of any size are compared as numbers.
    #[test]
    fn intdot_is_numeric(left in "0{0,3}[0-9]{1,30}(\\.[0-9]{1,25}){0,2}", right in "0{0,3}[0-9]{1,30}(\\.[0-9]{1,25}){0,2}") {
        let padded = |text: &str| {
            let mut numbers: Vec<String> = text.split('.').map(|number| format!("{number:0>40}")).collect();
            numbers.resize(4, "0".repeat(40));
            numbers
        };
        prop_assert_eq!(compare(Scheme::Intdot, &left, &right), Some(padded(&left).cmp(&padded(&right))));
    }

    /// Membership is what the constraints say point by point.
    #[test]
    fn no_text_makes_a_range_panic(text in "(vers:)?(pypi|semver|intdot|deb|rpm|later)?/?[0-9<>=!|*%.+a-z:~^-]{0,40}") {
        let purl: Purl = "pkg:generic/a".parse().unwrap();
        if let Ok(versions) = Versions::parse(&text, &purl) {
            let _in = versions.match_any(&["1".to_owned(), text]);
        }
    }
}
