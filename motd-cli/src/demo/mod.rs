//! `motd demo`: the whole way from an operator's file to a terminal, and the attacks on it, in a temporary folder and
//! on free ports of the loopback.

mod forge;
mod gallery;
mod hostile;
mod naive;
mod screen;
mod site;
mod story;
mod table;
mod victim;
mod world;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::shell::Shell;

use gallery::{Attack, AttackOutcome};
use story::StoryStep;
use world::DemoWorld;

/// The scene before the gallery.
const STORY: &str = "story";

/// What the demo is asked for.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Only this scene or attack; `--list` names them
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) only: Option<String>,
    /// Prints the names of the scenes and attacks
    #[arg(long)]
    pub(crate) list: bool,
    /// Prints one JSON object instead of the story
    #[arg(long)]
    pub(crate) json: bool,
}

/// The name of a scene or an attack, as an argument.
fn name(text: &str) -> Result<String, String> {
    let known = text == STORY || gallery::attacks().iter().any(|attack| attack.name == text);
    if known {
        Ok(text.to_owned())
    } else {
        Err("no scene or attack has that name; `motd demo --list` names them".to_owned())
    }
}

pub(crate) fn run(arguments: &DemoArguments, shell: &mut Shell) -> Result<Exit> {
    let attacks = gallery::attacks();
    if arguments.list {
        shell.data(STORY);
        for attack in &attacks {
            shell.data(attack.name);
        }
        return Ok(Exit::Well);
    }
    let wanted = |name: &str| arguments.only.as_deref().is_none_or(|only| only == name);
    let steps = if wanted(STORY) {
        story::tell(shell, arguments.json)?
    } else {
        Vec::new()
    };
    let chosen: Vec<_> = attacks
        .into_iter()
        .filter(|attack| wanted(attack.name))
        .collect();
    let outcomes = visit(chosen, arguments.json, shell)?;

    let passed = steps.iter().all(|step| step.passed)
        && outcomes.iter().all(|(_, outcome)| outcome.passed());
    if arguments.json {
        shell.json(&report(&steps, &outcomes, passed))?;
    } else {
        say_result(&steps, &outcomes, passed, shell);
    }
    Ok(if passed { Exit::Well } else { Exit::Failed })
}

/// Carries the attacks out.
fn visit(
    attacks: Vec<Attack>,
    silent: bool,
    shell: &mut Shell,
) -> Result<Vec<(Attack, AttackOutcome)>> {
    if attacks.is_empty() {
        return Ok(Vec::new());
    }
    if !silent {
        shell.lines("\nThe gallery. Each attack is carried out over HTTP, against a notice reader as it is usually written");
        shell.data("and against motd. An attack that does not fool the first proves nothing, and counts as failed.");
    }
    let world = DemoWorld::build()?;
    let mut outcomes = Vec::new();
    for attack in attacks {
        let outcome = gallery::carry_out(&attack, &world)?;
        if !silent {
            table::tell(&attack, &outcome, shell);
        }
        outcomes.push((attack, outcome));
    }
    Ok(outcomes)
}

fn say_result(
    steps: &[StoryStep],
    outcomes: &[(Attack, AttackOutcome)],
    passed: bool,
    shell: &mut Shell,
) {
    if !outcomes.is_empty() {
        table::print(outcomes, shell);
    }
    let stopped = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.passed())
        .count();
    let right = steps.iter().filter(|step| step.passed).count();
    shell.lines(&format!(
        "\n{}: {right} of {} checks showed what they should, {stopped} of {} attacks were stopped",
        if passed { "passed" } else { "FAILED" },
        steps.len(),
        outcomes.len()
    ));
}

fn report(steps: &[StoryStep], outcomes: &[(Attack, AttackOutcome)], passed: bool) -> Value {
    let attacks = outcomes.iter().map(|(attack, outcome)| {
        json!({
            "name": attack.name,
            "attacker": attack.attacker,
            "deed": attack.deed,
            "requirement": attack.requirement,
            "naive": { "fooled": outcome.fooled, "showed": outcome.naive },
            "motd": { "showed": outcome.ours },
            "stopped": outcome.stopped,
        })
    });
    json!({ "passed": passed, "checks": steps, "attacks": attacks.collect::<Vec<_>>() })
}
