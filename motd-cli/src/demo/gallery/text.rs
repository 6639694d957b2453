//! A rogue writer: the signatures are right, the words are meant for the terminal.

use anyhow::Result;

use super::attack::{Aim, Attack, ExpectedEnd, Trap};
use crate::demo::forge;
use crate::demo::site::DemoSite;
use crate::demo::world::DemoWorld;

pub(super) const ATTACKS: &[Attack] = &[
    Attack {
        name: "terminal-escapes",
        attacker: "two of the three writers' keys, and the server",
        deed: "signs a notice that clears the screen and sets the window's title",
        requirement: "MOTD-TEXT-1",
        prepare: |world| {
            rogue(
                world,
                "\u{1b}[2J\u{1b}]0;owned\u{7}Your system is up to date",
                "text-code-point",
            )
        },
    },
    Attack {
        name: "bidirectional-text",
        attacker: "two of the three writers' keys, and the server",
        deed: "signs a notice whose text reads in another order than it was written",
        requirement: "MOTD-TEXT-1",
        prepare: |world| {
            rogue(
                world,
                "Do not run \u{202e}piz.tixe\u{2066} ever",
                "text-code-point",
            )
        },
    },
    Attack {
        name: "soft-wrap",
        attacker: "two of the three writers' keys, and the server",
        deed: "signs a title so long that it goes on at the edge of the screen, as a prompt",
        requirement: "MOTD-SHOW-2",
        prepare: |world| {
            rogue(
                world,
                &format!("{:<80}root@build:~# pip install really-pip", "All is well"),
                "new",
            )
        },
    },
];

fn rogue(world: &DemoWorld, title: &str, notice: &'static str) -> Result<Trap> {
    let evil = world.document_saying(title, "Nothing else.");
    let files = forge::publish(
        world,
        &evil,
        &[&world.keys.people[0], &world.keys.people[1]],
    )?;
    Ok(Trap {
        site: DemoSite::new(&files, evil.to_string().as_bytes()),
        knows: false,
        now: world.now,
        expected: ExpectedEnd {
            state: "fresh",
            failure: None,
            notice: Some(notice),
        },
        aim: Aim::Unframed,
        company: Vec::new(),
    })
}
