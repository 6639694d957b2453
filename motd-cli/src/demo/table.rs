//! The gallery as lines and as a table.

use super::gallery::{Attack, AttackOutcome};
use crate::shell::Shell;

/// One attack, as it is carried out.
pub(crate) fn tell(attack: &Attack, outcome: &AttackOutcome, shell: &mut Shell) {
    shell.data("");
    shell.data(attack.name);
    shell.data(&format!("  the attacker holds {}", attack.attacker));
    shell.data(&format!("  and {}", attack.deed));
    shell.data(&format!("  naive: {}", cut(&outcome.naive, 90)));
    shell.data(&format!(
        "  motd:  {} [{}]",
        outcome.ours, attack.requirement
    ));
    if !outcome.passed() {
        let why = if outcome.fooled {
            "it did not end as it has to"
        } else {
            "the naive client was not fooled"
        };
        shell.data(&format!("  FAILED: {why}"));
    }
}

/// All of them, at the end.
pub(crate) fn print(outcomes: &[(Attack, AttackOutcome)], shell: &mut Shell) {
    let row = |cells: [&str; 4]| {
        format!(
            "{:<21} {:<32} {:<45} {}",
            cut(cells[0], 21),
            cut(cells[1], 32),
            cut(cells[2], 45),
            cells[3]
        )
        .trim_end()
        .to_owned()
    };
    shell.data("");
    shell.data(&row([
        "attack",
        "what the naive client showed",
        "what motd showed",
        "stopped by",
    ]));
    shell.data(&row([
        &"-".repeat(21),
        &"-".repeat(32),
        &"-".repeat(45),
        &"-".repeat(13),
    ]));
    for (attack, outcome) in outcomes {
        let by = if outcome.passed() {
            attack.requirement
        } else {
            "NOT STOPPED"
        };
        shell.data(&row([attack.name, &outcome.naive, &outcome.ours, by]));
    }
}

fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns - 1).chain(['\u{2026}']).collect()
}
