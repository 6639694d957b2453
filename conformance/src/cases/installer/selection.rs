//! `selection.txt`, and the shares of machines in a rollout.

use anyhow::Result;
use hex::ToHex as _;
use sha2::{Digest as _, Sha256};

use crate::cases::script::Script;
use crate::cases::writer::Writer;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let machines = [("resolver-2026", 0), ("a", 1), ("é", 7), ("tls", 255)];
    let rows = machines
        .into_iter()
        .enumerate()
        .map(|(number, (salt, byte))| {
            let secret = [byte; 32];
            // The smallest percentage that takes this machine in.
            let least = share(salt, secret) * 100 / (1 << 32) + 1;
            vec![
                format!("{:02}", number + 1),
                salt.to_owned(),
                secret.encode_hex(),
                least.to_string(),
                (least - 1).to_string(),
            ]
        });
    let rows = rows.collect();
    Script::new(writer, "installer")
        .with_rows(
            "shares",
            &["number", "salt", "secret", "least", "less"],
            rows,
        )
        .read(include_str!("selection.txt"))?;
    Ok(())
}

/// The number of section 4.9, worked out here.
fn share(salt: &str, secret: [u8; 32]) -> u64 {
    let mut message = b"tuf-motd-rollout-v1\0".to_vec();
    message.extend_from_slice(salt.as_bytes());
    message.push(0);
    message.extend_from_slice(&secret);
    let digest: [u8; 32] = Sha256::digest(&message).into();
    let [a, b, c, d, ..] = digest;
    u64::from(u32::from_be_bytes([a, b, c, d]))
}
