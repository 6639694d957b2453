//! Role files that nobody should sign, signed.

use motd_server::publish::key::Signer;
use motd_server::publish::metadata::write;
use motd_server::publish::{Published as _, fixture};
use motd_server::serve::api::RequestFiles;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::world::{World, key, seed};

/// The files of a request of one notice role, edited before it is signed, by keys that need not belong to it.
pub(crate) fn notices(
    world: &World,
    keys: &[&dyn Signer],
    edit: impl FnOnce(&mut Value),
) -> RequestFiles {
    let request = world.unsigned("After");
    let proposal = request.notices.unwrap();
    let mut signed = proposal.role().signed().clone();
    edit(&mut signed);
    let bytes = fixture::sign_raw(&signed, keys).unwrap();
    RequestFiles {
        motd: Some(text(bytes)),
        notices: Some(text(proposal.document().bytes().to_vec())),
        ..RequestFiles::default()
    }
}

/// The same with another document under the role's entry.
pub(crate) fn document(world: &World, key: &dyn Signer, document: &Value) -> RequestFiles {
    let bytes = motd_core::json::Value::from_parsed(document)
        .unwrap()
        .document_bytes();
    let files = notices(world, &[key], |signed| {
        let entry = write::target_entry(&bytes, Some(json!({ "motd": document })));
        signed["targets"]["motd/notices.json"] = entry;
    });
    RequestFiles {
        notices: Some(text(bytes)),
        ..files
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The next root, edited and then signed.
pub(crate) fn root(
    world: &World,
    keys: &[&dyn Signer],
    edit: impl FnOnce(&mut Value),
) -> RequestFiles {
    let repository = world.repository();
    let mut signed = repository.root().signed().clone();
    signed["version"] = 2.into();
    edit(&mut signed);
    let bytes = fixture::sign_raw(&signed, keys).unwrap();
    RequestFiles {
        root: Some(text(bytes)),
        ..RequestFiles::default()
    }
}

/// The next top-level targets, edited and then signed.
pub(crate) fn targets(
    world: &World,
    keys: &[&dyn Signer],
    edit: impl FnOnce(&mut Value),
) -> RequestFiles {
    let repository = world.repository();
    let mut signed = repository.targets().signed().clone();
    signed["version"] = 2.into();
    edit(&mut signed);
    let bytes = fixture::sign_raw(&signed, keys).unwrap();
    RequestFiles {
        targets: Some(text(bytes)),
        ..RequestFiles::default()
    }
}

/// The body that opens a proposal with the file of its notice role as this text.
pub(crate) fn with_text(
    world: &World,
    keys: &[&dyn Signer],
    edit: impl FnOnce(&str) -> String,
) -> Value {
    let RequestFiles { motd, notices, .. } = notices(world, keys, |_| {});
    json!({ "files": { "motd.json": edit(&motd.unwrap()), "notices.json": notices } })
}

/// A file with its signatures edited.
pub(crate) fn with_signatures(
    world: &World,
    keys: &[&dyn Signer],
    edit: impl FnOnce(&mut Vec<Value>),
) -> Value {
    with_text(world, keys, |text| {
        let mut file: Value = serde_json::from_str(text).unwrap();
        edit(file["signatures"].as_array_mut().unwrap());
        file.to_string()
    })
}

/// One more valid signature of a person on the same bytes: RFC 8032 makes one, and whoever has the key as many as they like,
/// with another secret in the place of the hash of the key.
pub(crate) fn another_signature(person: u8, message: &[u8], secret: u8) -> String {
    let scalar = |number: u8| {
        let hash = Sha512::digest(seed(number));
        let mut scalar: [u8; 32] = hash[..32].try_into().unwrap();
        scalar[0] &= 0b1111_1000;
        scalar[31] = scalar[31] & 0b0111_1111 | 0b0100_0000;
        reduced(&scalar)
    };
    let public = |number: u8| key(number).public().value().unwrap().bytes().to_vec();
    let point = public(secret);
    let challenge = Sha512::digest([&point, &public(person), message].concat());
    let product = times(&challenge, scalar(person));
    let mut signature = point;
    let sum = plus(product, scalar(secret));
    signature.extend(sum.iter().flat_map(|word| word.to_le_bytes()));
    hex::encode(signature)
}

/// The order of the group, and numbers below it, the lowest word first.
const ORDER: [u64; 4] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 1 << 60];

fn plus(one: [u64; 4], other: [u64; 4]) -> [u64; 4] {
    let mut carry = 0;
    let sum: [u64; 4] = core::array::from_fn(|index| {
        let sum = u128::from(one[index]) + u128::from(other[index]) + carry;
        carry = sum >> 64;
        u64::try_from(sum & u128::from(u64::MAX)).unwrap()
    });
    if sum.iter().rev().lt(ORDER.iter().rev()) {
        return sum;
    }
    let mut borrow = 0;
    core::array::from_fn(|index| {
        let less = i128::from(sum[index]) - i128::from(ORDER[index]) - borrow;
        borrow = i128::from(less < 0);
        u64::try_from(less.rem_euclid(1 << 64)).unwrap()
    })
}

fn times(number: &[u8], other: [u64; 4]) -> [u64; 4] {
    let bits = number.iter().rev();
    let bits = bits.flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
    bits.fold([0; 4], |sum, bit| {
        let twice = plus(sum, sum);
        if bit { plus(twice, other) } else { twice }
    })
}

fn reduced(number: &[u8]) -> [u64; 4] {
    times(number, [1, 0, 0, 0])
}
