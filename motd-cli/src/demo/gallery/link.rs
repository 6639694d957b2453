//! Attackers on the link: they answer instead of the server, and hold no key at all.

use anyhow::{Context as _, Result};

use super::attack::{Aim, Attack, Trap, stopped_at};
use crate::demo::forge;
use crate::demo::hostile::HostileAnswer;
use crate::demo::site::{DemoSite, NAIVE_PATH};
use crate::demo::world::{DemoWorld, HONEST, SCARY};

pub(super) const ATTACKS: &[Attack] = &[
    Attack {
        name: "injected-text",
        attacker: "the link",
        deed: "puts the text of the mailing list into the notice that passes by",
        requirement: "MOTD-GATE-7",
        prepare: injected_text,
    },
    Attack {
        name: "words-in-the-answer",
        attacker: "the link",
        deed: "writes into the reason phrase, the headers and the page of an error",
        requirement: "MOTD-GATE-12",
        prepare: |world| Ok(words_in_the_answer(world)),
    },
    Attack {
        name: "words-for-the-parser",
        attacker: "the link",
        deed: "answers with something that is no JSON, for an error message to quote",
        requirement: "MOTD-GATE-12",
        prepare: |world| Ok(words_for_the_parser(world)),
    },
    Attack {
        name: "redirect",
        attacker: "the link",
        deed: "redirects to a server of his own, with words in the address",
        requirement: "MOTD-NET-1",
        prepare: redirect,
    },
    Attack {
        name: "endless-body",
        attacker: "the link",
        deed: "never stops sending",
        requirement: "MOTD-GATE-14",
        prepare: |world| {
            Ok(trap(
                world,
                DemoSite::with_one_answer(HostileAnswer::Endless(SCARY)),
                "root",
                "too-long",
                Aim::Flood,
            ))
        },
    },
    Attack {
        name: "stalled-body",
        attacker: "the link",
        deed: "stops sending after the first byte, and keeps the connection",
        requirement: "MOTD-NET-2",
        prepare: |world| {
            Ok(trap(
                world,
                DemoSite::with_one_answer(HostileAnswer::Stall(10_000)),
                "root",
                "timeout",
                Aim::Hang,
            ))
        },
    },
    Attack {
        name: "wrong-hash",
        attacker: "a mirror",
        deed: "serves another file at the place of a long notice's target",
        requirement: "MOTD-CARRY-8",
        prepare: wrong_hash,
    },
];

fn trap(
    world: &DemoWorld,
    site: DemoSite,
    stage: &'static str,
    code: &'static str,
    aim: Aim,
) -> Trap {
    Trap {
        site,
        knows: false,
        now: world.now,
        expected: stopped_at(stage, code),
        aim,
        company: Vec::new(),
    }
}

fn injected_text(world: &DemoWorld) -> Result<Trap> {
    let evil = world.scary_document();
    let (path, _) = forge::current(&world.today, "motd")?;
    let honest = world.today.bytes(&path).context("no role")?;
    // Not one byte longer, so that only the hash can tell.
    let tampered = forge::overwritten(honest, HONEST, SCARY)?;
    let site = DemoSite::new(&world.today, evil.to_string().as_bytes())
        .with(&format!("/{path}"), HostileAnswer::Body(tampered));
    Ok(trap(
        world,
        site,
        "delegation",
        "hash-mismatch",
        Aim::Words(SCARY),
    ))
}

fn words_in_the_answer(world: &DemoWorld) -> Trap {
    let body = format!("<h1>{SCARY}</h1>");
    let answer = format!(
        "HTTP/1.1 503 {SCARY}\r\nX-Notice: {SCARY}\r\nContent-Type: text/html; note=\"{SCARY}\"\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let site = DemoSite::with_one_answer(HostileAnswer::Raw(answer.into_bytes()));
    trap(world, site, "root", "status", Aim::Words(SCARY))
}

fn words_for_the_parser(world: &DemoWorld) -> Trap {
    let garbage = format!("{{\"signed\": {{\"_type\": \"timestamp\", \"{SCARY}\": {SCARY}");
    let site = DemoSite::new(&world.today, garbage.as_bytes()).with(
        "/metadata/timestamp.json",
        HostileAnswer::Body(garbage.clone().into_bytes()),
    );
    trap(world, site, "timestamp", "not-metadata", Aim::Words(SCARY))
}

fn redirect(world: &DemoWorld) -> Result<Trap> {
    let evil = world.scary_document();
    let other = DemoSite::new(&world.today, evil.to_string().as_bytes()).serve()?;
    let answer = |path: &str| {
        let words = SCARY.replace(' ', "-");
        let head = format!(
            "HTTP/1.1 302 {SCARY}\r\nLocation: {}{path}?{words}\r\n",
            other.origin()
        );
        HostileAnswer::Raw(
            format!("{head}Content-Length: 0\r\nConnection: close\r\n\r\n").into_bytes(),
        )
    };
    let site = DemoSite::with_one_answer(answer("/metadata/timestamp.json"))
        .with(NAIVE_PATH, answer(NAIVE_PATH));
    let mut trap = trap(world, site, "root", "redirect", Aim::Words(SCARY));
    trap.company.push(other);
    Ok(trap)
}

fn wrong_hash(world: &DemoWorld) -> Result<Trap> {
    let mut site = DemoSite::new(&world.long, world.scary_document().to_string().as_bytes());
    for (path, bytes) in world
        .long
        .0
        .iter()
        .filter(|(path, bytes)| path.starts_with("targets/motd/") && bytes.len() > 16_384)
    {
        site = site.with(
            &format!("/{path}"),
            HostileAnswer::Body(forge::overwritten(bytes, HONEST, SCARY)?),
        );
    }
    Ok(trap(
        world,
        site,
        "target",
        "hash-mismatch",
        Aim::Words(SCARY),
    ))
}
