//! Role files that nobody should sign, signed.

use motd_server::author::{Proposal, RoleFile, SigningRequest, raw};
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;

use super::world::World;

/// A request of one notice role, edited before it is signed, by keys that need not belong to it.
pub(crate) fn notices(
    world: &World,
    keys: &[&dyn PrivateKey],
    edit: impl FnOnce(&mut Value),
) -> SigningRequest {
    let Proposal { role, document } = world.unsigned("After");
    let mut signed = role.signed().clone();
    edit(&mut signed);
    let bytes = raw::sign_raw(&signed, keys).unwrap();
    SigningRequest {
        notices: Some(Proposal {
            role: RoleFile::read("motd", &bytes).unwrap(),
            document,
        }),
        ..SigningRequest::default()
    }
}

/// The same with another document under the role's entry.
pub(crate) fn document(world: &World, key: &dyn PrivateKey, document: &Value) -> SigningRequest {
    let bytes = motd_core::json::Value::from_parsed(document)
        .unwrap()
        .document_bytes();
    let mut request = notices(world, &[key], |signed| {
        let entry = raw::target_entry(&bytes, Some(json!({ "motd": document })));
        signed["targets"]["motd/notices.json"] = entry;
    });
    request.notices.as_mut().unwrap().document = bytes;
    request
}

/// The next root, edited and then signed.
pub(crate) fn root(
    world: &World,
    keys: &[&dyn PrivateKey],
    edit: impl FnOnce(&mut Value),
) -> SigningRequest {
    let repository = world.repository();
    let mut signed = repository.root().signed().clone();
    signed["version"] = 2.into();
    edit(&mut signed);
    let bytes = raw::sign_raw(&signed, keys).unwrap();
    SigningRequest {
        root: Some(RoleFile::read("root", &bytes).unwrap()),
        ..SigningRequest::default()
    }
}

/// The next top-level targets, edited and then signed.
pub(crate) fn targets(
    world: &World,
    keys: &[&dyn PrivateKey],
    edit: impl FnOnce(&mut Value),
) -> SigningRequest {
    let repository = world.repository();
    let mut signed = repository.targets().unwrap().signed().clone();
    signed["version"] = 2.into();
    edit(&mut signed);
    let bytes = raw::sign_raw(&signed, keys).unwrap();
    SigningRequest {
        targets: Some(RoleFile::read("targets", &bytes).unwrap()),
        ..SigningRequest::default()
    }
}

/// The body that opens a proposal with the file of its notice role as this text.
pub(crate) fn with_text(
    world: &World,
    keys: &[&dyn PrivateKey],
    edit: impl FnOnce(&str) -> String,
) -> Value {
    let request = notices(world, keys, |_| {});
    let role = &request.notices.as_ref().unwrap().role;
    let text = edit(str::from_utf8(role.bytes()).unwrap());
    let document = String::from_utf8(request.notices.as_ref().unwrap().document.clone()).unwrap();
    json!({ "files": { "motd.json": text, "notices.json": document } })
}

/// A file with its signatures edited.
pub(crate) fn with_signatures(
    world: &World,
    keys: &[&dyn PrivateKey],
    edit: impl FnOnce(&mut Vec<Value>),
) -> Value {
    with_text(world, keys, |text| {
        let mut file: Value = serde_json::from_str(text).unwrap();
        edit(file["signatures"].as_array_mut().unwrap());
        file.to_string()
    })
}
