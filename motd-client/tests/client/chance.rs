//! Whatever chance makes of a repository's files: nothing panics, and nothing is shown that was not signed.

use motd_client::GateState;
use proptest::prelude::*;

use motd_test_support::repo::{document, document_bytes, notice};
use motd_test_support::{HOUR, Simulation, titles};

/// What becomes of a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip { position: usize, bit: u8 },
    Cut { position: usize },
    Insert { position: usize, bytes: Vec<u8> },
    Replace { bytes: Vec<u8> },
}

impl Damage {
    fn apply(&self, file: &mut Vec<u8>) {
        let within = |position: usize, file: &[u8]| position % file.len().max(1);
        match self {
            Self::Flip { position, bit } => {
                let position = within(*position, file);
                file[position] ^= 1 << bit;
            }
            Self::Cut { position } => file.truncate(within(*position, file)),
            Self::Insert { position, bytes } => {
                let position = within(*position, file);
                file.splice(position..position, bytes.iter().copied());
            }
            Self::Replace { bytes } => file.clone_from(bytes),
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let tokens = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "0",
        "-",
        "1e9",
        "null",
        "\u{0}",
        "\"motd\":1,",
    ]);
    prop_oneof![
        (any::<usize>(), 0..8_u8).prop_map(|(position, bit)| Damage::Flip { position, bit }),
        any::<usize>().prop_map(|position| Damage::Cut { position }),
        (any::<usize>(), tokens).prop_map(|(position, token)| Damage::Insert {
            position,
            bytes: token.into()
        }),
        prop::collection::vec(any::<u8>(), 0..64).prop_map(|bytes| Damage::Replace { bytes }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_shows_nothing_that_was_not_signed(file in 0..7_usize, damage in damage()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = Simulation::new();
            world.repo.rotate(&[], |_| {});
            world.repo.publish_file(&document_bytes(&document(&[notice("news", "News")])));
            let newest = |role: &str| format!("metadata/{}.{role}.json", world.repo.version(role));
            let path = match file {
                0 => "metadata/timestamp.json".to_owned(),
                1 => newest("root"),
                2 => newest("snapshot"),
                3 => newest("targets"),
                4 => newest("motd"),
                _ => world.repo.files.keys().rfind(|path| path.contains("notices.json")).unwrap().clone(),
            };
            let mut bytes = world.repo.files[&path].clone();
            damage.apply(&mut bytes);
            world.serve();
            world.network.replace_file(&path, bytes);
            let report = world.check(HOUR).await;
            match report.state {
                GateState::Fresh => assert!(report.failure.is_some() || titles(&report) == ["News"]),
                _ => assert!(titles(&report).is_empty()),
            }
        });
    }
}
