//! The description of the interface in `docs/` is the one that the code makes. `SNAPSHOTS=overwrite` writes it.

use std::path::Path;

use serde_json::Value;
use snapbox::assert::DEFAULT_ACTION_ENV;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

#[test]
fn the_description_in_docs_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let golden = Data::read_from(&path, Some(DataFormat::Text)).raw();
    Assert::new().action_env(DEFAULT_ACTION_ENV).eq(
        Data::text(motd_server::serve::api::description()).raw(),
        golden,
    );
}

#[test]
fn every_operation_says_how_it_is_refused() {
    let description: Value = serde_json::from_str(&motd_server::serve::api::description()).unwrap();
    let mut operations = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let refused = &operation["responses"]["4XX"]["content"]["application/problem+json"];
            let schema = &refused["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{method} {path}");
            let is_read = operation["security"].is_array();
            let is_upload = operation["requestBody"].is_object();
            assert!(is_read || is_upload || path == "/api/v1", "{method} {path}");
        }
    }
    assert_eq!(operations, 7);
}
