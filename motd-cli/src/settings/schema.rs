//! The JSON Schema of the configuration file, made from its types; `docs/motd-config.schema.json` is a golden.

use schemars::generate::SchemaSettings;

use super::UserSettings;

/// The identifier of the schema.
const ID: &str = "urn:tuf-motd:motd-configuration";

/// The JSON Schema (draft 2020-12) of the configuration file, for editors.
pub(crate) fn settings_schema() -> serde_json::Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<UserSettings>();
    schema.insert("$id".into(), ID.into());
    schema.into()
}
