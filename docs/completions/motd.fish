# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_motd_global_optspecs
    string join \n h/help V/version
end

function __fish_motd_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_motd_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_motd_using_subcommand
    set -l cmd (__fish_motd_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c motd -n "__fish_motd_needs_command" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_needs_command" -s V -l version -d 'Print version'
complete -c motd -n "__fish_motd_needs_command" -f -a "new" -d 'Begins a notice: a TOML file made from a template'
complete -c motd -n "__fish_motd_needs_command" -f -a "lint" -d 'Says what is wrong with notices (TOML) and whole documents (JSON), with file, line and requirement'
complete -c motd -n "__fish_motd_needs_command" -f -a "preview" -d 'Shows a notice as a terminal would'
complete -c motd -n "__fish_motd_needs_command" -f -a "who" -d 'Says whether this machine would be shown a notice, and if not, why'
complete -c motd -n "__fish_motd_needs_command" -f -a "repo" -d 'Sets up a repository'
complete -c motd -n "__fish_motd_needs_command" -f -a "key" -d 'Makes, shows and encrypts signing keys'
complete -c motd -n "__fish_motd_needs_command" -f -a "publish" -d 'Signs notices and publishes them in one atomic step'
complete -c motd -n "__fish_motd_needs_command" -f -a "diff" -d 'Compares notices with what is published, as their readers would see it'
complete -c motd -n "__fish_motd_needs_command" -f -a "propose" -d 'Writes a request that several people sign, on machines of their own'
complete -c motd -n "__fish_motd_needs_command" -f -a "review" -d 'Says what a request changes, and who has signed it'
complete -c motd -n "__fish_motd_needs_command" -f -a "sign" -d 'Adds a signature to a request, after its review'
complete -c motd -n "__fish_motd_needs_command" -f -a "discard" -d 'Takes back a proposal that waits at a server, by who opened it'
complete -c motd -n "__fish_motd_needs_command" -f -a "withdraw" -d 'Takes notices back, or puts an all-clear in their place'
complete -c motd -n "__fish_motd_needs_command" -f -a "log" -d 'Verifies and prints the log of what a server has accepted'
complete -c motd -n "__fish_motd_needs_command" -f -a "doctor" -d 'Says what an operator should see to before it hurts'
complete -c motd -n "__fish_motd_needs_command" -f -a "attach" -d 'Puts notices into a TUF repository that another tool makes and signs: one delegation and one role file'
complete -c motd -n "__fish_motd_needs_command" -f -a "serve" -d 'Serves a repository over HTTP, from memory'
complete -c motd -n "__fish_motd_needs_command" -f -a "run" -d 'Runs an installer, or any command, and shows after its output what its repositories have to say'
complete -c motd -n "__fish_motd_needs_command" -f -a "check" -d 'Asks a repository for its notices and shows what concerns this machine'
complete -c motd -n "__fish_motd_needs_command" -f -a "list" -d 'Shows all current notices that concern this machine, from what was verified before; asks nobody'
complete -c motd -n "__fish_motd_needs_command" -f -a "acknowledge" -d 'Marks a notice as read, so that it is not repeated'
complete -c motd -n "__fish_motd_needs_command" -f -a "source" -d 'Says which repositories may speak on this machine'
complete -c motd -n "__fish_motd_needs_command" -f -a "config" -d 'Shows the settings that hold here, and where each comes from'
complete -c motd -n "__fish_motd_needs_command" -f -a "demo" -d 'Shows the whole way from an operator\'s file to a terminal, and the attacks on it failing'
complete -c motd -n "__fish_motd_needs_command" -f -a "completions" -d 'Prints completions for a shell'
complete -c motd -n "__fish_motd_needs_command" -f -a "man" -d 'Prints the man page'
complete -c motd -n "__fish_motd_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand new" -l id -d 'The notice\'s id; default: the template\'s name and the day' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l title -d 'The title; asked for on a terminal when it is not given, together with the rest of the text' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l paragraph -d 'A paragraph; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l link -d 'A link; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l severity -d 'Default: the template\'s' -r -f -a "info\t''
warning\t''
critical\t''"
complete -c motd -n "__fish_motd_using_subcommand new" -l begins -d 'When it begins to be shown; default: now' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l ends -d 'When it ends; default: some days after it begins, as the template\'s notices need' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l language -d 'The language of the text' -r
complete -c motd -n "__fish_motd_using_subcommand new" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand new" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand lint" -l repository -d 'The identifier that a client has configured for the repository; a document of another one is refused' -r
complete -c motd -n "__fish_motd_using_subcommand lint" -l default-language -d 'The language that every notice must have' -r
complete -c motd -n "__fish_motd_using_subcommand lint" -l any-form -d 'Reads a hand-written `.json` without asking that it be exactly the document bytes'
complete -c motd -n "__fish_motd_using_subcommand lint" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand lint" -l sarif -d 'Prints a SARIF 2.1.0 log instead of lines, as code hosts show beside the lines of a change'
complete -c motd -n "__fish_motd_using_subcommand lint" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand preview" -l width -d 'Columns of the terminal [default: 80]' -r
complete -c motd -n "__fish_motd_using_subcommand preview" -l source -d 'The name that a client\'s configuration gives the repository' -r
complete -c motd -n "__fish_motd_using_subcommand preview" -l language -d 'Only this language; default: each one' -r
complete -c motd -n "__fish_motd_using_subcommand preview" -l default-language -d 'The language that every notice must have' -r
complete -c motd -n "__fish_motd_using_subcommand preview" -l plain -d 'Without the prefix, as for a screen reader'
complete -c motd -n "__fish_motd_using_subcommand preview" -l html -d 'Prints one HTML page that shows each language as terminals of 40, 80, 120 and 200 columns, or of `--width`'
complete -c motd -n "__fish_motd_using_subcommand preview" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand who" -l component -d 'Something that is installed here, as a purl with a version such as `pkg:pypi/pip@24.0`; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l os -d 'The operating system, a token of the registry; default: this machine\'s' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l arch -d 'The architecture, a token of the registry; default: this machine\'s' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l command -d 'What the installer was asked to do, a token of the registry such as `install` or `upload`' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l language -d 'A language of the reader, best first; default: from `LC_ALL`, `LC_MESSAGES`, `LANG`' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand who" -l state-dir -d 'The state folder; default: the platform\'s' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand who" -l default-language -d 'The language that every notice must have' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand who" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand who" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand repo; and not __fish_seen_subcommand_from init renew rotate help" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand repo; and not __fish_seen_subcommand_from init renew rotate help" -f -a "init" -d 'Makes the folder of a repository, with new keys for three people, two of whom have to sign'
complete -c motd -n "__fish_motd_using_subcommand repo; and not __fish_seen_subcommand_from init renew rotate help" -f -a "renew" -d 'Signs the next root and top-level targets, with the same people and a new expiry'
complete -c motd -n "__fish_motd_using_subcommand repo; and not __fish_seen_subcommand_from init renew rotate help" -f -a "rotate" -d 'Writes a request for other keys of a role'
complete -c motd -n "__fish_motd_using_subcommand repo; and not __fish_seen_subcommand_from init renew rotate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l repository -d 'The identifier of the index that speaks, such as `pypi.org`' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l default-language -d 'The language that every notice must have' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l key -d 'The key of somebody who holds the roles, in the place of new key files: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each, two at least, and two of them sign' -r -F
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l online-keys -d 'The folder that the keys are written to, which must not exist or be empty; default: `keys` in the repository\'s folder. No private key is in object storage' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -l encrypt -d 'Encrypts the new key files of people, each with a passphrase; so does an option that says where those come from'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -l key -d 'The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each' -r -F
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, or `1.root.json` beside the online keys' -r -F
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -l online-keys -d 'The folder with the online keys; default: `keys` in the repository\'s folder. No private key is in object storage' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from renew" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l role -d 'The role; may be repeated, for keys that leave several at once. Without a key that joins or leaves it is signed anew' -r -f -a "root\t'Who may change who may sign'
targets\t'Who may change the delegations'
notices\t'Who may say something'
snapshot\t'The server\'s key for snapshots'
timestamp\t'The server\'s key for timestamps'"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l add -d 'A public key that joins, 64 hexadecimal digits as `motd key show` prints them; may be repeated. `ROLE=KEY` for one of several roles' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l remove -d 'The id of a key that leaves; may be repeated. `ROLE=ID` for one of several roles' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l threshold -d 'How many have to sign from then on; default: as before' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l out -d 'The folder of the request, to be sent to those who sign; it must not exist or be empty. At a server there is none' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l key -d 'At a server: your key, with which you sign what you propose: a file, `ssh-agent:NAME` or `command:PROGRAM`' -r -F
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from help" -f -a "init" -d 'Makes the folder of a repository, with new keys for three people, two of whom have to sign'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from help" -f -a "renew" -d 'Signs the next root and top-level targets, with the same people and a new expiry'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Writes a request for other keys of a role'
complete -c motd -n "__fish_motd_using_subcommand repo; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand key; and not __fish_seen_subcommand_from new show change-passphrase help" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand key; and not __fish_seen_subcommand_from new show change-passphrase help" -f -a "new" -d 'Makes a new key file, encrypted with a passphrase'
complete -c motd -n "__fish_motd_using_subcommand key; and not __fish_seen_subcommand_from new show change-passphrase help" -f -a "show" -d 'Prints a key\'s id, public key and key object'
complete -c motd -n "__fish_motd_using_subcommand key; and not __fish_seen_subcommand_from new show change-passphrase help" -f -a "change-passphrase" -d 'Encrypts a key file with another passphrase, or for the first time'
complete -c motd -n "__fish_motd_using_subcommand key; and not __fish_seen_subcommand_from new show change-passphrase help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from new" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from new" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from new" -l unencrypted -d 'Does not encrypt it: for a server\'s key, which is used with nobody there'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from new" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from show" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from show" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from show" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from change-passphrase" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from change-passphrase" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from change-passphrase" -l new-passphrase-fd -d 'Reads the new passphrase from this file descriptor, after the old one where both are on the same' -r
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from change-passphrase" -l new-passphrase-command -d 'Takes the new passphrase from the first line that this shell command prints' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from change-passphrase" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "new" -d 'Makes a new key file, encrypted with a passphrase'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "show" -d 'Prints a key\'s id, public key and key object'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "change-passphrase" -d 'Encrypts a key file with another passphrase, or for the first time'
complete -c motd -n "__fish_motd_using_subcommand key; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand publish" -l request -d 'Publishes a request that enough people have signed, in the place of notices and keys' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand publish" -l key -d 'The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each' -r -F
complete -c motd -n "__fish_motd_using_subcommand publish" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand publish" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand publish" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, or `1.root.json` beside the online keys' -r -F
complete -c motd -n "__fish_motd_using_subcommand publish" -l online-keys -d 'The folder with the online keys; default: `keys` in the repository\'s folder. No private key is in object storage' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand publish" -l former-online-keys -d 'Of a request that gives the server new keys: the folder with those that leave, so that no client fails in between' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand publish" -l expires-in -d 'Days until the signatures expire, 1 to 93; default: the lifetime of notices in the folder\'s settings' -r
complete -c motd -n "__fish_motd_using_subcommand publish" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand publish" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand publish" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand diff" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand diff" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand diff" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand propose" -l out -d 'The folder of the request, to be sent to those who sign; it must not exist or be empty. At a server there is none' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand propose" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand propose" -l key -d 'At a server: your key, with which you sign what you propose: a file, `ssh-agent:NAME` or `command:PROGRAM`' -r -F
complete -c motd -n "__fish_motd_using_subcommand propose" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand propose" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand propose" -l expires-in -d 'Days until the signatures expire, 1 to 93; default: the lifetime of notices in the repository\'s settings' -r
complete -c motd -n "__fish_motd_using_subcommand propose" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand propose" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand review" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand review" -l key -d 'At a server: your key, because only who may sign is told' -r -F
complete -c motd -n "__fish_motd_using_subcommand review" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand review" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand review" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand review" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand review" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand sign" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand sign" -l key -d 'Your key: a file, `ssh-agent:NAME` or `command:PROGRAM`' -r -F
complete -c motd -n "__fish_motd_using_subcommand sign" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand sign" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand sign" -l accept -d 'A place that the review marks with `!` and that you have read, as a JSON pointer; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand sign" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand sign" -l yes -d 'Signs without asking, for who has read `motd review`'
complete -c motd -n "__fish_motd_using_subcommand sign" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand discard" -l key -d 'Your key, with which you had signed it when it was opened' -r -F
complete -c motd -n "__fish_motd_using_subcommand discard" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand discard" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand discard" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand discard" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l all-clear -d 'A notice that takes its place and is shown to who saw it: its `resolves` has the ids' -r -F
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l out -d 'Writes a request into this folder, to be signed by several people' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l key -d 'A key of somebody who signs here and now, once for each; then it is published at once. At a server: whoever proposes it' -r -F
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l online-keys -d 'The folder with the online keys; default: `keys` in the repository\'s folder' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l expires-in -d 'Days until the signatures expire, 1 to 93; default: the lifetime of notices in the repository\'s settings' -r
complete -c motd -n "__fish_motd_using_subcommand withdraw" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand withdraw" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand log" -l key -d 'At a server: your key, because only who may sign is told' -r -F
complete -c motd -n "__fish_motd_using_subcommand log" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand log" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand log" -l expect -d 'An entry that you have kept, as `NUMBER:HASH`: it has to be in the log still' -r
complete -c motd -n "__fish_motd_using_subcommand log" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand log" -l json -d 'Prints one JSON object for each entry'
complete -c motd -n "__fish_motd_using_subcommand log" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand doctor" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand doctor" -l root -d 'The trusted root that you hold, as installers have it; default: the newest that you have seen of this repository, where it is in a store' -r -F
complete -c motd -n "__fish_motd_using_subcommand doctor" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand attach" -l root -d 'The root that installers ship; `--check` alone goes without' -r -F
complete -c motd -n "__fish_motd_using_subcommand attach" -l targets -d 'The folder of the host\'s target files' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand attach" -l public -d 'A public key of somebody who is to sign notices, as `motd key show` prints it; once for each' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l threshold -d 'How many of them have to sign' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l repository -d 'The identifier of the index that speaks: begins the next version with these notices' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l default-language -d 'The language that every notice must have' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l request -d 'A folder with the role as it is signed so far, which goes from person to person' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand attach" -l out -d 'A folder for the two files that the host is given, once enough people have signed' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand attach" -l key -d 'The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each' -r -F
complete -c motd -n "__fish_motd_using_subcommand attach" -l passphrase-fd -d 'Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l passphrase-command -d 'Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file' -r -f -a "(__fish_complete_command)"
complete -c motd -n "__fish_motd_using_subcommand attach" -l accept -d 'A place that the review marks with `!` and that you have read, as a JSON pointer; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l expires-in -d 'Days until the signatures expire, 1 to 93' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand attach" -l check -d 'Says whether notices can be attached to this repository, and why not'
complete -c motd -n "__fish_motd_using_subcommand attach" -l delegation -d 'Prints the delegation that the host\'s people add to top-level targets'
complete -c motd -n "__fish_motd_using_subcommand attach" -l verify -d 'Reads the notices back as a client does, once the host has published'
complete -c motd -n "__fish_motd_using_subcommand attach" -l yes -d 'Signs a request of somebody else\'s without asking, for who has read it'
complete -c motd -n "__fish_motd_using_subcommand attach" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand attach" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand serve" -l listen -d 'Address and port; port 0 takes a free one, which is printed' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l root -d 'The trusted root that this server holds, as installers have it; default: the newest that its user has seen of this repository, or `1.root.json` beside the online keys' -r -F
complete -c motd -n "__fish_motd_using_subcommand serve" -l online-keys -d 'The folder with the online keys; default: `keys` in the repository\'s folder. No private key is in object storage' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand serve" -l operations -d 'A private address for health (`/livez`, `/readyz`, `/freshness`), `/metrics` and the operators\' page (`/operators`): loopback, or a network of your own; default: none' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l proposals -d 'Takes proposals and signatures over HTTP, and keeps them here: a folder, or `s3://bucket/prefix`, that is not public. Of several servers all name the same place; default: none are taken' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand serve" -l name -d 'The name by which people reach the server, `host` or `host:port` as they write it; may be repeated. With `--proposals` name it: a request that was signed for another server is refused then, and no other server can pass it on' -r -f -a "(__fish_print_hostnames)"
complete -c motd -n "__fish_motd_using_subcommand serve" -l requests-per-minute -d 'How many requests for proposals an address may make in a minute; all of them together ten times as many' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l tls-certificate -d 'The chain of certificates for TLS, in PEM, the server\'s own first; read again on SIGHUP, and when it changes' -r -F
complete -c motd -n "__fish_motd_using_subcommand serve" -l tls-key -d 'The certificate\'s private key, in PEM, readable by its owner alone' -r -F
complete -c motd -n "__fish_motd_using_subcommand serve" -l connections -d 'How many connections are open at most; others wait' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l connections-per-address -d 'How many connections one address may have open; more are closed. 0 is no bound, for a server behind a proxy' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l drain -d 'Seconds in which every answer closes its connection, before the server stops; default: 5 after SIGTERM, 0 after Ctrl-C. A second signal stops it at once' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l workers -d 'How many threads answer; default: one for each core' -r
complete -c motd -n "__fish_motd_using_subcommand serve" -l log -d 'Logs what happens to standard error, in the place of messages to a person' -r -f -a "text\t'Lines for people'
json\t'One JSON object a line'"
complete -c motd -n "__fish_motd_using_subcommand serve" -l behind-proxy -d 'Every connection comes from a proxy, which appends the address that it speaks for to `X-Forwarded-For`'
complete -c motd -n "__fish_motd_using_subcommand serve" -l access-log -d 'Logs each request; as text, unless `--log` says otherwise'
complete -c motd -n "__fish_motd_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c motd -n "__fish_motd_using_subcommand run" -l source -d 'Only this source, which the command counts as using; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand run" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand run" -l state-dir -d 'The state folder; default: the platform\'s' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand run" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand run" -l grace -d 'Seconds that the end of a command that used the network may be delayed, in place of 0.2: for tests, which have to know that the check was done' -r
complete -c motd -n "__fish_motd_using_subcommand run" -l quiet -d 'Shows nothing and asks nobody, except for critical notices where those are asked for'
complete -c motd -n "__fish_motd_using_subcommand run" -l no-motd -d 'As `MOTD=off`: shows nothing, asks nobody, touches no file'
complete -c motd -n "__fish_motd_using_subcommand run" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand check" -l root -d 'The trusted root, a file that came with the installer or by another trusted way' -r -F
complete -c motd -n "__fish_motd_using_subcommand check" -l repository -d 'The identifier of the repository that belongs to this root' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l metadata-url -d 'Where the TUF metadata is' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l targets-url -d 'Where the target files are; default: `targets/` beside the metadata' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand check" -l state-dir -d 'The state folder; default: the platform\'s' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand check" -l source -d 'With a root: the name shown in front of every line, `[A-Za-z0-9._-]{1,32}` [default: motd]; without: a source of the configuration' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l component -d 'Something that is installed here, as a purl with a version such as `pkg:pypi/pip@24.0`; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l os -d 'The operating system, a token of the registry; default: this machine\'s' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l arch -d 'The architecture, a token of the registry; default: this machine\'s' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l command -d 'What the installer was asked to do, a token of the registry such as `install` or `upload`' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l language -d 'A language of the reader, best first; default: from `LC_ALL`, `LC_MESSAGES`, `LANG`' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l timeout -d 'Seconds for the whole run, from its first request to its last byte' -r
complete -c motd -n "__fish_motd_using_subcommand check" -l in-band -d 'The metadata is a package repository\'s own: requests each file, and no bundle'
complete -c motd -n "__fish_motd_using_subcommand check" -l plain -d 'Without the prefix, as for a screen reader'
complete -c motd -n "__fish_motd_using_subcommand check" -l json -d 'Prints one JSON object instead of lines; marks nothing as seen'
complete -c motd -n "__fish_motd_using_subcommand check" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand list" -l source -d 'Only this source' -r
complete -c motd -n "__fish_motd_using_subcommand list" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand list" -l state-dir -d 'The state folder; default: the platform\'s' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand list" -l now -d 'The reference time; default: this machine\'s clock' -r
complete -c motd -n "__fish_motd_using_subcommand list" -l command -d 'What the reader would ask an installer to do, a token of the registry such as `install` or `upload`' -r
complete -c motd -n "__fish_motd_using_subcommand list" -l language -d 'A language of the reader, best first; default: from `LC_ALL`, `LC_MESSAGES`, `LANG`' -r
complete -c motd -n "__fish_motd_using_subcommand list" -l plain -d 'Without the prefix, as for a screen reader'
complete -c motd -n "__fish_motd_using_subcommand list" -l json -d 'Prints one JSON object instead of lines; marks nothing as seen'
complete -c motd -n "__fish_motd_using_subcommand list" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand acknowledge" -l repository -d 'The repository that the notice came from' -r
complete -c motd -n "__fish_motd_using_subcommand acknowledge" -l source -d 'The source that the notice came from, in place of its repository' -r
complete -c motd -n "__fish_motd_using_subcommand acknowledge" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand acknowledge" -l state-dir -d 'The state folder; default: the platform\'s' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand acknowledge" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand source; and not __fish_seen_subcommand_from add list remove help" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand source; and not __fish_seen_subcommand_from add list remove help" -f -a "add" -d 'Lets a repository speak on this machine'
complete -c motd -n "__fish_motd_using_subcommand source; and not __fish_seen_subcommand_from add list remove help" -f -a "list" -d 'Lists the sources'
complete -c motd -n "__fish_motd_using_subcommand source; and not __fish_seen_subcommand_from add list remove help" -f -a "remove" -d 'Lets a repository speak no more; what it said before is forgotten by and by'
complete -c motd -n "__fish_motd_using_subcommand source; and not __fish_seen_subcommand_from add list remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l root -d 'The trusted root, a file that came with the installer or by another trusted way; it is copied' -r -F
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l repository -d 'The identifier of the repository that belongs to this root' -r
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l metadata-url -d 'Where the TUF metadata is' -r
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l targets-url -d 'Where the target files are; default: `targets/` beside the metadata' -r
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l bound-to -d 'A package repository: the source is asked only beside a command that uses one of them; may be repeated' -r
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l interval-hours -d 'Hours between two background checks, 1 to 24; default: 6' -r
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -l in-band -d 'The metadata is a package repository\'s own: requests each file, and no bundle'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from list" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from list" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from remove" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from help" -f -a "add" -d 'Lets a repository speak on this machine'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from help" -f -a "list" -d 'Lists the sources'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Lets a repository speak no more; what it said before is forgotten by and by'
complete -c motd -n "__fish_motd_using_subcommand source; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand config" -l config -d 'The configuration; default: `MOTD_CONFIG`, else the platform\'s' -r -F
complete -c motd -n "__fish_motd_using_subcommand config" -l state-dir -d 'The state folder; default: the platform\'s' -r -f -a "(__fish_complete_directories)"
complete -c motd -n "__fish_motd_using_subcommand config" -l json -d 'Prints one JSON object instead of lines'
complete -c motd -n "__fish_motd_using_subcommand config" -l schema -d 'Prints the JSON Schema of the configuration file, for editors'
complete -c motd -n "__fish_motd_using_subcommand config" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand demo" -l only -d 'Only this scene or attack; `--list` names them' -r
complete -c motd -n "__fish_motd_using_subcommand demo" -l list -d 'Prints the names of the scenes and attacks'
complete -c motd -n "__fish_motd_using_subcommand demo" -l json -d 'Prints one JSON object instead of the story'
complete -c motd -n "__fish_motd_using_subcommand demo" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand completions" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand man" -s h -l help -d 'Print help'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "new" -d 'Begins a notice: a TOML file made from a template'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "lint" -d 'Says what is wrong with notices (TOML) and whole documents (JSON), with file, line and requirement'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "preview" -d 'Shows a notice as a terminal would'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "who" -d 'Says whether this machine would be shown a notice, and if not, why'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "repo" -d 'Sets up a repository'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "key" -d 'Makes, shows and encrypts signing keys'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "publish" -d 'Signs notices and publishes them in one atomic step'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "diff" -d 'Compares notices with what is published, as their readers would see it'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "propose" -d 'Writes a request that several people sign, on machines of their own'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "review" -d 'Says what a request changes, and who has signed it'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "sign" -d 'Adds a signature to a request, after its review'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "discard" -d 'Takes back a proposal that waits at a server, by who opened it'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "withdraw" -d 'Takes notices back, or puts an all-clear in their place'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "log" -d 'Verifies and prints the log of what a server has accepted'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "doctor" -d 'Says what an operator should see to before it hurts'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "attach" -d 'Puts notices into a TUF repository that another tool makes and signs: one delegation and one role file'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "serve" -d 'Serves a repository over HTTP, from memory'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "run" -d 'Runs an installer, or any command, and shows after its output what its repositories have to say'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "check" -d 'Asks a repository for its notices and shows what concerns this machine'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "list" -d 'Shows all current notices that concern this machine, from what was verified before; asks nobody'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "acknowledge" -d 'Marks a notice as read, so that it is not repeated'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "source" -d 'Says which repositories may speak on this machine'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "config" -d 'Shows the settings that hold here, and where each comes from'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "demo" -d 'Shows the whole way from an operator\'s file to a terminal, and the attacks on it failing'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "completions" -d 'Prints completions for a shell'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "man" -d 'Prints the man page'
complete -c motd -n "__fish_motd_using_subcommand help; and not __fish_seen_subcommand_from new lint preview who repo key publish diff propose review sign discard withdraw log doctor attach serve run check list acknowledge source config demo completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from repo" -f -a "init" -d 'Makes the folder of a repository, with new keys for three people, two of whom have to sign'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from repo" -f -a "renew" -d 'Signs the next root and top-level targets, with the same people and a new expiry'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from repo" -f -a "rotate" -d 'Writes a request for other keys of a role'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "new" -d 'Makes a new key file, encrypted with a passphrase'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "show" -d 'Prints a key\'s id, public key and key object'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from key" -f -a "change-passphrase" -d 'Encrypts a key file with another passphrase, or for the first time'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from source" -f -a "add" -d 'Lets a repository speak on this machine'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from source" -f -a "list" -d 'Lists the sources'
complete -c motd -n "__fish_motd_using_subcommand help; and __fish_seen_subcommand_from source" -f -a "remove" -d 'Lets a repository speak no more; what it said before is forgotten by and by'
