//! Content codings: which are made of a body, and which one a request is given.
//!
//! Kept beside `tower-http`: it compresses each answer anew, and gives a compressed body no strong `ETag` and no length.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::HeaderMap;
use hyper::header::ACCEPT_ENCODING;

/// A content coding (RFC 9110, section 8.4.1; zstd: RFC 8878).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Identity,
    Gzip,
    Zstd,
}

impl Coding {
    /// Its name in a header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The bytes in this coding, when that saves at least a tenth.
    pub(crate) fn compress(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let compressed = match self {
            Self::Identity => return None,
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(bytes).ok()?;
                encoder.finish().ok()?
            }
            Self::Zstd => {
                let level = if bytes.len() > LARGE { 12 } else { 19 };
                zstd::bulk::compress(bytes, level).ok()?
            }
        };
        (compressed.len() < bytes.len() / 10 * 9).then_some(compressed)
    }

    /// The coding to answer in, of those that there are: the one with the highest weight, and of equals the densest.
    pub(crate) fn choose(headers: &HeaderMap, available: impl Fn(Self) -> bool) -> Self {
        let mut weights = Weights::default();
        for field in headers.get_all(ACCEPT_ENCODING) {
            weights.take(field.as_bytes());
        }
        let mut best = (Self::Identity, weights.of(Self::Identity));
        for coding in [Self::Gzip, Self::Zstd] {
            let weight = weights.of(coding);
            // Of the same weight is taken what is later here, and shorter on the wire.
            if weight > 0 && weight >= best.1 && available(coding) {
                best = (coding, weight);
            }
        }
        best.0
    }
}

/// From this size on the highest levels of zstd take longer than a publication should; in bytes.
const LARGE: usize = 64 * 1024;

/// RFC 9110, section 12.5.3: what a client says of each coding, in thousandths.
#[derive(Default)]
struct Weights {
    identity: Option<u16>,
    gzip: Option<u16>,
    zstd: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    fn take(&mut self, field: &[u8]) {
        for member in field.split(|byte| *byte == b',') {
            let mut parts = member.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let Some(name) = parts.next() else { continue };
            let weight = parts
                .find_map(|part| {
                    part.strip_prefix(b"q=")
                        .or_else(|| part.strip_prefix(b"Q="))
                })
                .map_or(1_000, thousandths);
            let place =
                if name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip") {
                    &mut self.gzip
                } else if name.eq_ignore_ascii_case(b"zstd") {
                    &mut self.zstd
                } else if name.eq_ignore_ascii_case(b"identity") {
                    &mut self.identity
                } else if name == b"*" {
                    &mut self.any
                } else {
                    continue;
                };
            *place = Some(weight);
        }
    }

    fn of(&self, coding: Coding) -> u16 {
        let said = match coding {
            // Whoever names codings and not this one takes it when there is nothing better: it is never refused here,
            // because an answer that somebody can read is better than none.
            Coding::Identity => return self.identity.unwrap_or(1).min(1),
            Coding::Gzip => self.gzip,
            Coding::Zstd => self.zstd,
        };
        said.or(self.any).unwrap_or(0)
    }
}

/// A weight such as `0.5`, in thousandths; one that is none counts as 0.
fn thousandths(weight: &[u8]) -> u16 {
    let (whole, fraction) = match weight {
        [whole] => (*whole, &b""[..]),
        [whole, b'.', fraction @ ..] if fraction.len() <= 3 => (*whole, fraction),
        _ => return 0,
    };
    if !matches!(whole, b'0' | b'1') || !fraction.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let digits = fraction.iter().chain(b"000").take(3);
    let thousandths = digits.fold(u16::from(whole - b'0'), |sum, digit| {
        sum * 10 + u16::from(digit - b'0')
    });
    thousandths.min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(fields: &[&str]) -> &'static str {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(ACCEPT_ENCODING, field.parse().unwrap());
        }
        Coding::choose(&headers, |_| true).name()
    }

    #[test]
    fn the_highest_weight_is_chosen_and_of_equals_the_densest() {
        for (field, coding) in [
            ("gzip", "gzip"),
            ("zstd", "zstd"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("zstd, gzip", "zstd"),
            ("zstd;q=0.5, gzip;q=0.8", "gzip"),
            ("zstd;q=0.8, gzip;q=0.5", "zstd"),
            ("zstd; q=0.501, gzip;q=0.5", "zstd"),
            ("ZSTD;Q=1.000, gzip;q=0.999", "zstd"),
            ("zstd;q=0, gzip", "gzip"),
            ("zstd;q=0.000, gzip;q=0", "identity"),
            ("*", "zstd"),
            ("*;q=0", "identity"),
            ("zstd;q=0, *", "gzip"),
            ("gzip, *;q=0", "gzip"),
            ("identity", "identity"),
            ("identity;q=0, gzip;q=0.1", "gzip"),
            ("br", "identity"),
            ("", "identity"),
            ("x-gzip", "gzip"),
            ("gzipped, zstdx", "identity"),
            ("zstd;q=2, gzip;q=0.1", "gzip"),
            ("zstd;q=0.1234, gzip;q=0.1", "gzip"),
            ("zstd;q=, gzip;q=0.1", "gzip"),
            ("zstd;q=-1, gzip;q=0.1", "gzip"),
            (" gzip ; q=0.7 ,\tzstd ; q=0.2", "gzip"),
        ] {
            assert_eq!(chosen(&[field]), coding, "{field}");
        }
        assert_eq!(chosen(&[]), "identity");
        assert_eq!(chosen(&["gzip;q=0.1", "zstd;q=0.2"]), "zstd");
        assert_eq!(chosen(&["gzip", "gzip;q=0"]), "identity");
    }

    #[test]
    fn what_there_is_not_is_not_chosen() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, "zstd, gzip;q=0.1".parse().unwrap());
        assert_eq!(
            Coding::choose(&headers, |coding| coding == Coding::Gzip),
            Coding::Gzip
        );
        assert_eq!(Coding::choose(&headers, |_| false), Coding::Identity);
    }

    #[test]
    fn what_was_compressed_comes_back() {
        use std::io::Read as _;
        let bytes = b"{\"signed\": {}, \"signatures\": []}".repeat(20);
        let gzip = Coding::Gzip.compress(&bytes).unwrap();
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&gzip[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, bytes);
        let zstd = Coding::Zstd.compress(&bytes).unwrap();
        assert_eq!(zstd::bulk::decompress(&zstd, 10_000).unwrap(), bytes);
        for coding in [Coding::Identity, Coding::Gzip, Coding::Zstd] {
            assert_eq!(coding.compress(b"short"), None);
        }
    }
}
