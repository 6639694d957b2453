//! `motd key`: the files that people hold their keys in.

use anyhow::Result;
use motd_server::publish::key::{KeyValue, Signer, SigningKey};
use serde_json::json;

use crate::arguments::publisher::{
    ChangePassphraseArguments, KeyCommand, NewKeyArguments, ShowKeyArguments,
};
use crate::exit::Exit;
use crate::keys;
use crate::passphrases::Passphrases;
use crate::shell::Shell;

pub(super) fn run(arguments: &KeyCommand, shell: &mut Shell) -> Result<Exit> {
    match arguments {
        KeyCommand::New(arguments) => new(arguments, shell),
        KeyCommand::Show(arguments) => show(arguments, shell),
        KeyCommand::ChangePassphrase(arguments) => change_passphrase(arguments, shell),
    }
}

fn new(arguments: &NewKeyArguments, shell: &mut Shell) -> Result<Exit> {
    let file = &arguments.file;
    // Before anybody thinks of a passphrase in vain.
    anyhow::ensure!(!file.exists(), "{} exists", file.display());
    let passphrase = if arguments.unencrypted {
        None
    } else {
        Some(Passphrases::new(&arguments.passphrases)?.chosen(file)?)
    };
    let key = SigningKey::generate()?;
    key.create_file(file, passphrase.as_ref())?;
    print(&key, arguments.json, shell)?;
    if arguments.unencrypted {
        shell.talk("warning: the file is not encrypted; whoever has it has the key");
    }
    Ok(Exit::Well)
}

fn show(arguments: &ShowKeyArguments, shell: &mut Shell) -> Result<Exit> {
    let names = std::slice::from_ref(&arguments.key);
    for signer in keys::signers(names, &arguments.passphrases)? {
        print(signer.as_ref(), arguments.json, shell)?;
    }
    Ok(Exit::Well)
}

fn change_passphrase(arguments: &ChangePassphraseArguments, shell: &mut Shell) -> Result<Exit> {
    let from = &arguments.passphrases;
    let same_descriptor =
        from.passphrase_fd.is_some() && from.passphrase_fd == arguments.new_passphrase_fd;
    let command = arguments.new_passphrase_command.as_deref();
    let new = || Passphrases::of(arguments.new_passphrase_fd, command);
    let new = (!same_descriptor).then(new).transpose()?;
    let mut old = Passphrases::new(from)?;
    let key = keys::file(&arguments.file, &mut old)?;
    let passphrase = new.unwrap_or(old).chosen(&arguments.file)?;
    key.replace_file(&arguments.file, &passphrase)?;
    shell.talk(&format!(
        "{} has another passphrase now; copies of the old file open with the old one",
        arguments.file.display()
    ));
    Ok(Exit::Well)
}

fn print(key: &dyn Signer, json: bool, shell: &mut Shell) -> Result<()> {
    let (id, object) = (key.public().id(), key.public().object());
    let bytes = key.public().value().map(KeyValue::bytes);
    let bytes = hex::encode(bytes.unwrap_or_default());
    if json {
        shell.json(&json!({ "keyid": id, "public": bytes, "key": object }))?;
    } else {
        shell.data(&format!("key id      {id}"));
        shell.data(&format!("public key  {bytes}"));
        shell.data(&format!("key object  {object}"));
    }
    Ok(())
}
