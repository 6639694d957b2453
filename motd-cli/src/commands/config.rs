//! `motd config`: the settings that hold here, and where each comes from.

use anyhow::Result;
use motd_client::{Display, Surroundings, Switch};
use serde_json::json;

use crate::arguments::ConfigArguments;
use crate::exit::Exit;
use crate::settings::{DisplaySetting, Origin, UserSettings, settings_schema};
use crate::shell::Shell;
use crate::sources::ConfiguredSources;

/// What becomes of notices here.
pub(super) struct DisplayChoice {
    pub(super) display: Display,
    pub(super) plain: bool,
}

/// How notices are displayed beside a command, from the surroundings and the configuration: whoever asks for less is
/// heard.
pub(super) fn shown(settings: &UserSettings, mut surroundings: Surroundings) -> DisplayChoice {
    let (setting, _) = display(settings, surroundings.switch);
    match setting {
        DisplaySetting::Off => surroundings.switch = Switch::Off,
        DisplaySetting::Critical => surroundings.switch = Switch::Critical,
        DisplaySetting::Default | DisplaySetting::Plain => {}
    }
    DisplayChoice {
        display: surroundings.display(),
        plain: surroundings.plain(settings.is_plain()),
    }
}

/// The setting that holds, and who says so: off by either is off (MOTD-OFF-1), critical by either is critical.
fn display(settings: &UserSettings, switch: Switch) -> (DisplaySetting, Origin) {
    let variable = Origin::Variable("MOTD");
    match (switch, settings.display) {
        (Switch::Off, _) => (DisplaySetting::Off, variable),
        (_, Some(DisplaySetting::Off)) => (DisplaySetting::Off, Origin::File),
        (Switch::Critical, _) => (DisplaySetting::Critical, variable),
        (_, Some(setting)) => (setting, Origin::File),
        (_, None) => (DisplaySetting::Default, Origin::Default),
    }
}

pub(super) fn run(arguments: &ConfigArguments, shell: &mut Shell) -> Result<Exit> {
    if arguments.schema {
        shell.json(&settings_schema())?;
        return Ok(Exit::Well);
    }
    let configured = ConfiguredSources::read(&arguments.places)?;
    let (file, settings) = (&configured.file, &configured.settings);
    let state = configured.state()?;
    let state_origin = match &arguments.places.state_dir {
        Some(_) => Origin::Option("--state-dir"),
        None => Origin::Platform,
    };
    let surroundings = Surroundings::of_this_process(false);
    let (display, display_origin) = display(settings, surroundings.switch);
    let hours = settings.interval_hours;
    let interval = hours.map_or_else(|| "6".to_owned(), |hours| hours.to_string());
    let interval_origin = hours.map_or(Origin::Default, |_| Origin::File);
    let here = here(settings, surroundings);
    if arguments.json {
        let names: Vec<_> = settings.source.keys().map(|name| name.0.as_str()).collect();
        let components: serde_json::Map<_, _> = settings
            .components
            .iter()
            .map(|(purl, versions)| (purl.0.clone(), json!(versions)))
            .collect();
        shell.json(&json!({
            "config": { "path": file.path, "origin": file.origin.as_str(), "exists": file.path.exists() },
            "state": { "path": state, "origin": state_origin.as_str() },
            "display": { "value": display.as_str(), "origin": display_origin.as_str() },
            "interval_hours": { "value": hours.map_or(json!(6), |hours| json!(hours)), "origin": interval_origin.as_str() },
            "components": components,
            "sources": names,
            "here": here,
        }))?;
        return Ok(Exit::Well);
    }
    let missing = if file.path.exists() {
        ""
    } else {
        ", not there"
    };
    for (name, value, origin) in [
        (
            "config",
            format!("{}{missing}", file.path.display()),
            file.origin,
        ),
        ("state", state.display().to_string(), state_origin),
        ("display", display.as_str().to_owned(), display_origin),
        ("interval", format!("{interval} h"), interval_origin),
    ] {
        shell.data(&format!("{name}: {value} ({})", origin.as_str()));
    }
    for (purl, versions) in &settings.components {
        let versions = versions.join(", ");
        shell.data(&format!("component: {} {versions} (configuration)", purl.0));
    }
    for (name, source) in &settings.source {
        let hours = configured.interval(source).as_secs() / 3_600;
        shell.data(&format!(
            "source: {} every {hours} h (configuration)",
            name.0
        ));
    }
    shell.data(&format!("here: {here}"));
    Ok(Exit::Well)
}

/// What `motd run` would do on these streams, and why.
fn here(settings: &UserSettings, surroundings: Surroundings) -> &'static str {
    let shown = shown(settings, surroundings);
    match shown.display {
        Display::Off => "switched off, nothing is asked or shown",
        Display::Terminal => "notices are shown",
        Display::CriticalLines => "critical notices are shown, one line each",
        Display::Nothing if surroundings.ci => {
            "nothing is asked or shown, because a CI variable is set"
        }
        Display::Nothing => "nothing is asked or shown, because standard error is no terminal",
    }
}
