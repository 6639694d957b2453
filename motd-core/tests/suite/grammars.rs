//! Small grammars: times, languages, links, package URLs, names.

use motd_core::{
    ComponentVersions as _, Components, LanguageRange, LanguageTag, LinkUrl, NoticeId, Purl,
    RepositoryId, Revision, SourceName, Time, posix_is_utf8, posix_language,
};
use serde_json::json;

use crate::bases;

#[test]
fn times() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1972-02-29T23:59:59Z", 68_255_999),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("2000-03-01T00:00:00Z", 951_868_800),
        ("2018-04-12T00:00:00Z", 1_523_491_200),
        ("2026-11-22T16:02:08Z", 1_795_363_328),
        ("2100-02-28T00:00:00Z", 4_107_456_000),
        ("2100-03-01T00:00:00Z", 4_107_542_400),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        let time: Time = text.parse().unwrap();
        assert_eq!(time.unix_seconds(), seconds, "{text}");
        assert_eq!(time.to_string(), text);
        assert_eq!(
            Time::from_unix_seconds(i64::try_from(seconds).unwrap()),
            Some(time)
        );
    }
    assert_eq!(Time::from_unix_seconds(-1), None);
    assert_eq!(Time::from_unix_seconds(253_402_300_800), None);
    assert_eq!(Time::from_unix_seconds(i64::MIN), None);
    assert_eq!(Time::from_unix_seconds(i64::MAX), None);
    for text in [
        "2100-02-29T00:00:00Z",
        "1900-01-01T00:00:00Z",
        "２018-04-12T00:00:0Z",
        "2018-04-12T00:00:0é",
    ] {
        assert!(text.parse::<Time>().is_err(), "{text}");
    }
}

/// Every day of the calendar once, forward and back.
#[test]
fn every_day() {
    let mut previous = String::new();
    for day in 0..(253_402_300_800_i64 / 86_400) {
        let time = Time::from_unix_seconds(day * 86_400).unwrap();
        let text = time.to_string();
        assert_eq!(text.parse(), Ok(time));
        assert!(previous < text);
        previous = text;
    }
}

#[test]
fn language_tags() {
    for tag in [
        "en",
        "pt-BR",
        "zh-Hant-TW",
        "sr-Latn-RS",
        "es-419",
        "sl-rozaj-biske-1994",
        "de-DE-u-co-phonebk",
        "en-x-us",
        "american",
        "zh-cmn-Hans-CN",
        "de-1901",
        "en-a-bbb-x-a-ccc",
        "zh-yue",
        "ast",
        "root",
        "sl-rozaj-rozaj",
        "en-a-bb-a-bb",
    ] {
        assert_eq!(tag.parse::<LanguageTag>().unwrap().as_str(), tag);
        assert_eq!(
            LanguageTag::from_any_case(&tag.to_uppercase())
                .unwrap()
                .as_str(),
            tag
        );
    }
    for tag in [
        "EN",
        "pt-br",
        "zh-hant",
        "sr-latn-RS",
        "de-DE-U-co-phonebk",
        "en-X-us",
        "en-x-US",
        "i-klingon",
        "x-private",
        "zh_TW",
        "e",
        "en-",
        "",
        "-en",
        "en--US",
        "en-u",
        "en-x",
        "en-a-b",
        "englishes",
        "en-US-Latn",
        "de-DE-DE",
        "abcd-abc",
        "é",
        "en-é",
        "en-abcdefghi",
        "12",
        "zh-aaa-bbb-ccc-ddd",
        "en-US ",
        "*",
        "en-*",
    ] {
        assert!(tag.parse::<LanguageTag>().is_err(), "{tag}");
    }
}

/// Chapter 3, section 3.4: the user's list, what is available, the result.
#[test]
fn lookup() {
    for line in "fr | en, fr | fr
        fr-CA | en, fr | fr
        fr | en, fr-CA | en
        de-CH-1996 | en, de, de-CH | de-CH
        pt-BR, es | en, es | es
        pt-BR, es | en, pt, es | pt
        EN-gb | fr, en | en
        zh-TW | en, zh-Hans, zh-Hant | zh-Hant
        zh-TW | en, zh-Hant-TW, zh-Hant | zh-Hant-TW
        zh-TW | en, zh-TW, zh-Hant | zh-TW
        zh-TW | en, zh-Hans, zh | zh
        zh-HK | en, zh-Hant-TW | en
        zh-MO | en, zh-Hant | zh-Hant
        zh-CN | en, zh-Hant, zh-Hans | zh-Hans
        zh-SG | en, zh-Hant | en
        zh-SG | en, zh-Hans | zh-Hans
        zh-HK | en, zh-Hans, zh-Hant | zh-Hant
        zh-tw | en, zh-Hant | zh-Hant
        zh-Hant-HK | en, zh-HK | en
        zh-TW-x-own | en, zh-Hant | zh-Hant
        zh | en, zh-Hans | en
        de-*-DE | en, de-DE | de-DE
        * | en, fr | en
        *, fr | en, fr | fr
        *-* , fr | en, fr | fr
        en-x-a-b | de, en | en
        de-u-co-phonebk | en, de | de
        i-klingon, de | en, de | de
        sr-Latn-RS | en, sr | sr
        ja, ko | en, fr | en
         | en, fr | en"
        .lines()
    {
        let [list, available, expected] = line.split('|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let mut document = bases::document(&[bases::notice("a", "info")]);
        document["default_language"] = json!(available.split(',').next().unwrap().trim());
        let mut texts = serde_json::Map::new();
        for tag in available.split(',') {
            texts.insert(tag.trim().to_owned(), json!({ "title": "T", "body": [] }));
        }
        document["notices"][0]["text"] = texts.into();
        let document = bases::verified(&document);
        let components = Components::new();
        let mut environment = bases::environment(&components);
        environment.languages = bases::languages(list);
        let selected = motd_core::select(&document, &environment);
        assert_eq!(
            selected[0].applicable().unwrap().language().as_str(),
            expected,
            "{line}"
        );
    }
    for range in [
        "",
        "-",
        "en-",
        "en_US",
        "1",
        "verylonglanguage",
        "en-verylongsubtag",
        "é",
    ] {
        assert!(range.parse::<LanguageRange>().is_err(), "{range}");
    }
}

#[test]
fn posix() {
    for (lc_all, lc_messages, lang, expected) in [
        (None, None, Some("pt_BR.UTF-8"), Some("pt-BR")),
        (Some(""), None, Some("de_DE@euro"), Some("de-DE")),
        (Some("C.UTF-8"), None, Some("fr_FR.UTF-8"), None),
        (Some("POSIX"), Some("fr"), Some("fr_FR.UTF-8"), None),
        (None, Some("sr_RS.UTF-8@latin"), None, Some("sr-Latn-RS")),
        (None, Some("sr@latin"), Some("fr"), Some("sr-Latn")),
        (None, Some("sr_Cyrl_RS@latin"), None, Some("sr-Cyrl-RS")),
        (None, None, Some("american"), Some("american")),
        (None, None, Some("../../etc"), None),
        (None, None, Some("EN_us"), Some("en-US")),
        (None, None, Some("*"), None),
        (None, None, None, None),
        (Some(""), Some(""), Some(""), None),
    ] {
        let found = posix_language(lc_all, lc_messages, lang);
        assert_eq!(
            found.as_ref().map(LanguageTag::as_str),
            expected,
            "{lc_all:?} {lc_messages:?} {lang:?}"
        );
    }
}

/// MOTD-SHOW-12.
#[test]
fn posix_charsets() {
    for (lc_all, lc_ctype, lang, expected) in [
        (Some("C.UTF-8"), Some("C"), Some("pl_PL"), true),
        (None, Some("pl_PL.UTF-8"), Some("C"), true),
        (None, Some("UTF-8"), None, true),
        (None, None, Some("en_US.utf8"), true),
        (None, None, Some("C.Utf-8"), true),
        (None, None, Some("de_DE.UTF-8@euro"), true),
        (Some(""), Some(""), Some("en_US.UTF8"), true),
        (Some("C"), Some("UTF-8"), Some("pl_PL.UTF-8"), false),
        (None, Some("en_US.ISO-8859-1"), Some("en_US.UTF-8"), false),
        (None, None, Some("pl_PL"), false),
        (None, None, Some("de_DE@UTF-8"), false),
        (None, None, Some("de_DE.ISO-8859-15@a.UTF-8"), false),
        (None, None, Some("de_DE.UTF-16"), false),
        (Some(""), None, Some(""), false),
        (None, None, None, false),
    ] {
        let found = posix_is_utf8(lc_all, lc_ctype, lang);
        assert_eq!(found, expected, "{lc_all:?} {lc_ctype:?} {lang:?}");
    }
}

#[test]
fn links() {
    for url in [
        "https://status.example.org/tls",
        "https://status.example.org",
        "https://example.org:8443/a/b;c=1,2?x=(y)&z='*'#part/2?",
        "https://example.org?now",
        "https://example.org#now",
        "https://xn--bcher-kva.example/%C3%A9",
        "https://example.org//double//slash",
        "https://a.b.c.d.example.org:65535/",
        "https://1.2.example/",
        "https://example.0y/",
        "https://example.org/%2f~:@!$&'()*+,;=-._",
    ] {
        assert_eq!(url.parse::<LinkUrl>().unwrap().as_str(), url);
    }
    for url in [
        "http://status.example.org/tls",
        "HTTPS://status.example.org/tls",
        "https://Status.example.org/tls",
        "https://user@example.org/",
        "https://pypi.org@evil.example/",
        "https://example.org\\@evil.example/",
        "https://localhost/",
        "https://192.0.2.1/",
        "https://example.1/",
        "https://example.0x7f/",
        "https://[2001:db8::1]/",
        "https://example.org./",
        "https://.example.org/",
        "https://a..example.org/",
        "https://example.org:0/",
        "https://example.org:080/",
        "https://example.org:65536/",
        "https://example.org:/",
        "https://example.org:1:2/",
        "https://-bad.example.org/",
        "https://bad-.example.org/",
        "https://under_score.example.org/",
        "https://bücher.example/",
        "https://example.org/a b",
        "https://example.org/%2",
        "https://example.org/%zz",
        "https://example.org/<b>",
        "https://example.org/#a#b",
        "https://example.org/?a[]",
        "https://example.org/\"",
        "https://example.org/`",
        "https://example.org/\u{e9}",
        "https://",
        "https:///a",
        "https:example.org",
        " https://example.org/",
        "https://example.org/\n",
        "",
    ] {
        assert!(url.parse::<LinkUrl>().is_err(), "{url}");
    }
    let label = "a".repeat(63);
    let host = format!("{label}.{label}.{label}.{}", "a".repeat(61));
    assert!(format!("https://{host}/").parse::<LinkUrl>().is_ok());
    assert!(
        format!("https://{host}a/").parse::<LinkUrl>().is_err(),
        "254 bytes of host"
    );
    assert!(
        format!("https://a{label}.org/").parse::<LinkUrl>().is_err(),
        "64 bytes of label"
    );
    assert!(
        format!("https://example.org/{}", "a".repeat(2_028))
            .parse::<LinkUrl>()
            .is_ok()
    );
    assert!(
        format!("https://example.org/{}", "a".repeat(2_029))
            .parse::<LinkUrl>()
            .is_err()
    );
}

#[test]
fn package_urls() {
    for purl in [
        "pkg:pypi/pip",
        "pkg:pypi/zope-interface",
        "pkg:cargo/cargo",
        "pkg:cargo/Inflector",
        "pkg:npm/npm",
        "pkg:npm/%40angular/cli",
        "pkg:conda/conda",
        "pkg:generic/cpython",
        "pkg:generic/os-release/ubuntu",
        "pkg:generic/caf%C3%A9",
        "pkg:gem/rubygems-update",
        "pkg:deb/debian/apt",
        "pkg:deb/debian/g%2B%2B",
        "pkg:rpm/fedora/NetworkManager",
        "pkg:generic/a:b~c",
        "pkg:conda/_libgcc_mutex",
        "pkg:generic/%20",
        "pkg:npm/-",
        "pkg:generic/..",
    ] {
        assert_eq!(purl.parse::<Purl>().unwrap().as_str(), purl);
        assert_eq!(Purl::from_machine(purl), purl.parse().ok(), "{purl}");
    }
}

#[test]
fn no_package_urls() {
    for purl in [
        "pkg:pypi/Pip",
        "pkg:pypi/zope.interface",
        "pkg:pypi/zope--interface",
        "pkg:pypi/group/pip",
        "pkg:pypi/pip@9.0.3",
        "pkg:pypi/pip?os=macos",
        "pkg:pypi/pip#sub",
        "pkg:pypi/pip/",
        "pkg:pypi/%70ip",
        "pkg:PyPI/pip",
        "pkg://pypi/pip",
        "PKG:pypi/pip",
        "pkg:pypi",
        "pypi/pip",
        "pkg:npm/@angular/cli",
        "pkg:npm/angular/cli",
        "pkg:npm/NPM",
        "pkg:npm/.npm",
        "pkg:npm/%40a/b/c",
        "pkg:npm/%40/cli",
        "pkg:generic/a%2fb",
        "pkg:generic/a%2Fb",
        "pkg:generic/a%FFb",
        "pkg:generic/a%0Ab",
        "pkg:generic/a%7Fb",
        "pkg:generic/a b",
        "pkg:generic//x",
        "pkg:generic/caf%c3%a9",
        "pkg:generic/caf\u{e9}",
        "pkg:generic/a%4",
        "pkg:generic/%3A",
        "pkg:1a/b",
        "pkg:/b",
        "pkg:a+b/c",
        "pkg:pypi/-pip",
        "pkg:pypi/pip-",
        "pkg:cargo/1a",
        "pkg:cargo/a.b",
        "pkg:conda/Conda",
        "pkg:conda/-a",
        "pkg:deb/apt",
        "pkg:deb/debian/sid/apt",
        "pkg:deb/debian/a",
        "pkg:deb/debian/Apt",
        "pkg:deb/Debian/apt",
        "pkg:rpm/bash",
        "pkg:rpm/Fedora/bash",
        "pkg:rpm/fedora/-bash",
        "",
    ] {
        assert!(purl.parse::<Purl>().is_err(), "{purl}");
    }
    assert!(
        format!("pkg:cargo/{}", "a".repeat(64))
            .parse::<Purl>()
            .is_ok()
    );
    assert!(
        format!("pkg:cargo/{}", "a".repeat(65))
            .parse::<Purl>()
            .is_err()
    );
    assert!(
        format!("pkg:npm/%40{}/{}", "a".repeat(100), "a".repeat(112))
            .parse::<Purl>()
            .is_ok()
    );
    assert!(
        format!("pkg:npm/%40{}/{}", "a".repeat(100), "a".repeat(113))
            .parse::<Purl>()
            .is_err()
    );
    assert!(
        format!("pkg:npm/{}", "a".repeat(215))
            .parse::<Purl>()
            .is_err()
    );
}

/// MOTD-PURL-3: a machine spells more freely.
#[test]
fn machine_spellings() {
    for (machine, notice) in [
        ("pkg:pypi/Zope.Interface", "pkg:pypi/zope-interface"),
        ("pkg:pypi/zope_.-interface", "pkg:pypi/zope-interface"),
        ("pkg:pypi/%70ip", "pkg:pypi/pip"),
        ("pkg:npm/%40Angular/CLI", "pkg:npm/%40angular/cli"),
        ("pkg:conda/Conda", "pkg:conda/conda"),
        ("pkg:generic/caf%c3%a9", "pkg:generic/caf%C3%A9"),
        ("pkg:deb/Debian/G%2b%2b", "pkg:deb/debian/g%2B%2B"),
        ("pkg:rpm/Fedora/Bash", "pkg:rpm/fedora/Bash"),
    ] {
        let mut components = Components::new();
        assert!(components.add(machine, "1"), "{machine}");
        assert_eq!(
            components.versions(&notice.parse().unwrap()).len(),
            1,
            "{machine}"
        );
    }
    for machine in [
        "pip",
        "pkg:pypi/pip@1",
        "pkg:pypi/pip?a=b",
        "pkg:pypi/",
        "pkg:cargo/a b",
        "",
    ] {
        assert!(!Components::new().add(machine, "1"), "{machine}");
    }
    assert_eq!(
        Purl::from_machine("pkg:cargo/Cargo").unwrap().as_str(),
        "pkg:cargo/Cargo"
    );
}

#[test]
fn names() {
    for id in ["a", "0", "a.b_c-d", "a--b"] {
        assert_eq!(id.parse::<NoticeId>().unwrap().as_str(), id);
        assert!(id.parse::<RepositoryId>().is_ok());
    }
    for id in ["", "A", "-a", "a-", ".", "a b", "a/b", "é"] {
        assert!(id.parse::<NoticeId>().is_err(), "{id}");
    }
    assert!("a/b".parse::<RepositoryId>().is_ok());
    assert!("a".repeat(253).parse::<RepositoryId>().is_ok());
    assert!("a".repeat(254).parse::<RepositoryId>().is_err());
    for source in ["pypi", "PyPI.org", "-", "a_b"] {
        assert!(source.parse::<SourceName>().is_ok(), "{source}");
    }
    for source in ["", "a]", "a b", "é", "a\n", &"a".repeat(33)] {
        assert!(source.parse::<SourceName>().is_err(), "{source}");
    }
    assert_eq!(Revision::new(0), None);
    assert_eq!(Revision::new(9_007_199_254_740_992), None);
    assert_eq!(
        Revision::new(9_007_199_254_740_991).unwrap().number(),
        9_007_199_254_740_991
    );
    assert!(serde_json::from_str::<Revision>("0").is_err());
    assert!(serde_json::from_str::<NoticeId>("\"A\"").is_err());
    assert_eq!(
        serde_json::to_string(&"a".parse::<NoticeId>().unwrap()).unwrap(),
        "\"a\""
    );
}
