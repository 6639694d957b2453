//! Bodies as they come: as they are, or compressed with gzip, and never longer than allowed.

use std::io::{self, Write};

use flate2::write::GzDecoder;
use motd_core::Code;

/// By how much a compressed body may be longer than what it holds: frames around what does not compress.
const OVERHEAD: u64 = 4_096;

/// Takes a body in, piece by piece.
pub(super) struct DecodedBody {
    decoder: Decoder,
    /// Bytes that may still come over the wire.
    wire: u64,
}

enum Decoder {
    Identity(Bounded),
    Gzip(Box<GzDecoder<Bounded>>),
}

/// Bytes up to a limit.
struct Bounded {
    bytes: Vec<u8>,
    left: u64,
    exceeded: bool,
}

impl DecodedBody {
    /// A body of at most `limit` bytes after decompression.
    pub(super) fn new(gzip: bool, limit: u64) -> Self {
        let bounded = Bounded {
            bytes: Vec::new(),
            left: limit,
            exceeded: false,
        };
        if gzip {
            Self {
                decoder: Decoder::Gzip(Box::new(GzDecoder::new(bounded))),
                wire: limit.saturating_add(OVERHEAD),
            }
        } else {
            Self {
                decoder: Decoder::Identity(bounded),
                wire: limit,
            }
        }
    }

    /// Whether a body of so many bytes may come at all.
    pub(super) fn may_be(&self, content_length: u64) -> bool {
        content_length <= self.wire
    }

    /// Takes what came over the wire.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<(), Code> {
        // MOTD-GATE-14: on both sides of the decoder, since a stream of empty blocks never ends either.
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.wire = self.wire.checked_sub(length).ok_or(Code::TooLong)?;
        match &mut self.decoder {
            Decoder::Identity(bounded) => bounded.write_all(piece).map_err(|_| Code::TooLong),
            Decoder::Gzip(decoder) => decoder
                .write_all(piece)
                .map_err(|_| encoding(decoder.get_ref())),
        }
    }

    /// The whole body.
    pub(super) fn finish(self) -> Result<Vec<u8>, Code> {
        match self.decoder {
            Decoder::Identity(bounded) => Ok(bounded.bytes),
            Decoder::Gzip(mut decoder) => {
                // What was compressed has a length and a checksum at its end.
                if decoder.try_finish().is_err() {
                    return Err(encoding(decoder.get_ref()));
                }
                decoder
                    .finish()
                    .map(|bounded| bounded.bytes)
                    .map_err(|_| Code::Encoding)
            }
        }
    }
}

fn encoding(bounded: &Bounded) -> Code {
    if bounded.exceeded {
        Code::TooLong
    } else {
        Code::Encoding
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(length) else {
            self.exceeded = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.left = left;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn taken(gzip: bool, limit: u64, wire: &[u8], piece: usize) -> Result<Vec<u8>, Code> {
        let mut body = DecodedBody::new(gzip, limit);
        for piece in wire.chunks(piece) {
            body.take(piece)?;
        }
        body.finish()
    }

    #[test]
    fn what_was_compressed_comes_out_whatever_the_pieces() {
        let text = b"{\"signed\": {}, \"signatures\": []}".repeat(100);
        for piece in [1, 7, 100_000] {
            assert_eq!(taken(true, 3_300, &gzip(&text), piece), Ok(text.clone()));
            assert_eq!(taken(false, 3_300, &text, piece), Ok(text.clone()));
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked_beyond_the_limit() {
        let bomb = gzip(&vec![b' '; 10_000_000]);
        assert!(bomb.len() < 20_000);
        let mut body = DecodedBody::new(true, 16_384);
        assert_eq!(body.take(&bomb), Err(Code::TooLong));
        let Decoder::Gzip(decoder) = &body.decoder else {
            panic!("not gzip")
        };
        assert!(decoder.get_ref().bytes.len() <= 16_384);
        // One byte more than allowed, and just as many.
        assert_eq!(taken(true, 9, &gzip(&[b'a'; 10]), 100), Err(Code::TooLong));
        assert_eq!(taken(true, 10, &gzip(&[b'a'; 10]), 100), Ok(vec![b'a'; 10]));
        assert_eq!(taken(false, 9, &[b'a'; 10], 4), Err(Code::TooLong));
    }

    #[test]
    fn what_says_nothing_for_ever_ends() {
        // A stored block of no bytes, again and again, behind a sound head.
        let mut wire = gzip(b"")[..10].to_vec();
        for _ in 0..10_000 {
            wire.extend([0, 0, 0, 0xFF, 0xFF]);
        }
        assert_eq!(taken(true, 100, &wire, 1_000), Err(Code::TooLong));
    }

    #[test]
    fn what_is_damaged_is_wrongly_encoded() {
        let whole = gzip(b"some text that is long enough to be compressed, compressed");
        let mut checksum = whole.clone();
        let place = checksum.len() - 8;
        checksum[place] ^= 1;
        for (name, wire) in [
            ("nothing", Vec::new()),
            ("no gzip", b"{\"signed\":1}".to_vec()),
            ("cut", whole[..whole.len() - 9].to_vec()),
            ("cut in the checksum", whole[..whole.len() - 2].to_vec()),
            ("another checksum", checksum),
            ("something behind it", [&whole[..], b"x"].concat()),
        ] {
            assert_eq!(
                taken(true, 1_000, &wire, 100),
                Err(Code::Encoding),
                "{name}"
            );
        }
    }
}
