//! The JSON Schema of `report.json`, from its types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::SuiteReport;

/// The identifier of the schema.
const ID: &str = "urn:tuf-motd:conformance:report:1";

/// The JSON Schema (draft 2020-12), as `conformance/protocol/report.schema.json` publishes it.
#[must_use]
pub fn report_schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<SuiteReport>();
    schema.insert("$id".into(), ID.into());
    schema.into()
}
