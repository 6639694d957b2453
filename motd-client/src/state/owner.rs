//! Who owns a folder, and who can write to it. MOTD-STATE-7.
//!
//! As OpenSSH and sudo look at the way to their files. The crate `fs-mistrust` does the same and more, with 18 packages that
//! nothing else here needs.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

use super::unusable::Unusable;

const GROUP_WRITES: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;
/// What Linux shows for an owner of another user namespace, such as the `/home` of the host in a container.
const UNMAPPED: u32 = 65_534;

/// The user and group that this process acts for.
#[derive(Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl User {
    fn effective() -> Self {
        Self {
            id: rustix::process::geteuid().as_raw(),
            group: rustix::process::getegid().as_raw(),
        }
    }

    /// A folder for the state itself: this user's, and nobody else writes to it.
    fn own(self, owner: u32, group: u32, mode: u32) -> Result<(), Unusable> {
        // Under sudo the folder is the user's, and root's files in it would lock the user out.
        if owner != self.id {
            return Err(Unusable::OtherOwner);
        }
        if self.others_write(group, mode) {
            return Err(Unusable::OthersCanWrite);
        }
        Ok(())
    }

    /// The user's own group apart: with a umask of 002 it writes to every folder that the user makes.
    fn others_write(self, group: u32, mode: u32) -> bool {
        mode & OTHERS_WRITE != 0 || (mode & GROUP_WRITES != 0 && group != self.group)
    }

    /// A folder above it.
    fn trusts_folder(self, owner: u32, group: u32, mode: u32) -> Result<(), Unusable> {
        if ![self.id, 0, UNMAPPED].contains(&owner) {
            return Err(Unusable::OtherOwner);
        }
        // In a sticky folder, such as `/tmp`, only the owner of an entry can replace it.
        if self.others_write(group, mode) && mode & STICKY == 0 {
            return Err(Unusable::OthersCanWrite);
        }
        Ok(())
    }

    /// A symbolic link on the way: root must not go where another user points.
    fn trusts_link(self, owner: u32) -> Result<(), Unusable> {
        if [self.id, 0].contains(&owner) {
            Ok(())
        } else {
            Err(Unusable::OtherOwner)
        }
    }

    /// A folder or file of keys, roots or proposals, or a folder above it. Root also works in the folders of others, as in one
    /// that is mounted into a container; a group with their number is theirs alone.
    fn trusts_place(self, owner: u32, group: u32, mode: u32) -> Result<(), Unusable> {
        let user = match self.id {
            0 if group == owner => Self { id: owner, group },
            0 => Self { id: owner, ..self },
            _ => self,
        };
        user.trusts_folder(owner, group, mode)
    }
}

pub(super) fn require_own(metadata: &Metadata) -> Result<(), Unusable> {
    User::effective().own(metadata.uid(), metadata.gid(), metadata.mode())
}

pub(super) fn require_trusted_folder(metadata: &Metadata) -> Result<(), Unusable> {
    User::effective().trusts_folder(metadata.uid(), metadata.gid(), metadata.mode())
}

pub(super) fn require_trusted_link(metadata: &Metadata) -> Result<(), Unusable> {
    User::effective().trusts_link(metadata.uid())
}

pub(super) fn require_trusted_place(metadata: &Metadata) -> Result<(), Unusable> {
    let user = User::effective();
    let (owner, group, mode) = (metadata.uid(), metadata.gid(), metadata.mode());
    if metadata.is_symlink() {
        // A link has no mode.
        user.trusts_place(owner, group, 0)
    } else if metadata.is_dir() {
        user.trusts_place(owner, group, mode)
    } else if metadata.is_file() {
        // The sticky bit protects what is in a folder.
        user.trusts_place(owner, group, mode & !STICKY)
    } else {
        // What is read is a regular file.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: User = User {
        id: 1_000,
        group: 1_000,
    };
    const ROOT: User = User { id: 0, group: 0 };

    #[test]
    fn the_state_folder_is_its_users_alone() {
        for mode in [0o700, 0o755, 0o775] {
            assert_eq!(USER.own(1_000, 1_000, mode), Ok(()));
        }
        for (group, mode) in [(100, 0o770), (1_000, 0o702), (1_000, 0o1777)] {
            let found = USER.own(1_000, group, mode);
            assert_eq!(found, Err(Unusable::OthersCanWrite), "{mode:o}");
        }
        assert_eq!(USER.own(0, 0, 0o755), Err(Unusable::OtherOwner));
        assert_eq!(ROOT.own(1_000, 0, 0o700), Err(Unusable::OtherOwner));
    }

    #[test]
    fn folders_above_belong_to_the_user_or_to_root() {
        for (user, owner, group, mode, expected) in [
            (USER, 0, 0, 0o755, Ok(())),
            (USER, 1_000, 1_000, 0o755, Ok(())),
            // User-private groups, umask 002.
            (USER, 1_000, 1_000, 0o775, Ok(())),
            (USER, 0, 0, 0o1777, Ok(())),
            (USER, UNMAPPED, UNMAPPED, 0o755, Ok(())),
            (USER, 1_000, 100, 0o775, Err(Unusable::OthersCanWrite)),
            (USER, 1_000, 1_000, 0o777, Err(Unusable::OthersCanWrite)),
            (
                USER,
                UNMAPPED,
                UNMAPPED,
                0o775,
                Err(Unusable::OthersCanWrite),
            ),
            (USER, 1_001, 1_001, 0o755, Err(Unusable::OtherOwner)),
            (USER, 1_001, 1_001, 0o1777, Err(Unusable::OtherOwner)),
            (ROOT, 1_000, 1_000, 0o755, Err(Unusable::OtherOwner)),
        ] {
            let found = user.trusts_folder(owner, group, mode);
            assert_eq!(found, expected, "{owner} {group} {mode:o}");
        }
    }

    #[test]
    fn places_are_refused_for_what_another_user_can_do() {
        for (user, owner, group, mode, expected) in [
            (USER, 1_000, 1_000, 0o755, Ok(())),
            // User-private groups, umask 002.
            (USER, 1_000, 1_000, 0o775, Ok(())),
            (USER, 0, 0, 0o1777, Ok(())),
            (USER, UNMAPPED, UNMAPPED, 0o755, Ok(())),
            (USER, 1_000, 1_000, 0o777, Err(Unusable::OthersCanWrite)),
            (USER, 1_000, 100, 0o775, Err(Unusable::OthersCanWrite)),
            (USER, 1_001, 1_001, 0o755, Err(Unusable::OtherOwner)),
            // A folder of a user, mounted into a container.
            (ROOT, 1_000, 1_000, 0o755, Ok(())),
            (ROOT, 1_000, 1_000, 0o775, Ok(())),
            (ROOT, 1_000, 0, 0o775, Ok(())),
            (ROOT, 0, 0, 0o775, Ok(())),
            (ROOT, 0, 0, 0o1777, Ok(())),
            (ROOT, 1_000, 1_000, 0o777, Err(Unusable::OthersCanWrite)),
            (ROOT, 1_000, 100, 0o775, Err(Unusable::OthersCanWrite)),
            (ROOT, 0, 100, 0o775, Err(Unusable::OthersCanWrite)),
        ] {
            let found = user.trusts_place(owner, group, mode);
            assert_eq!(found, expected, "{} {owner} {group} {mode:o}", user.id);
        }
    }

    #[test]
    fn links_are_those_of_the_user_or_of_root() {
        assert_eq!(USER.trusts_link(1_000), Ok(()));
        assert_eq!(USER.trusts_link(0), Ok(()));
        for (user, owner) in [(USER, 1_001), (USER, UNMAPPED), (ROOT, 1_000)] {
            assert_eq!(user.trusts_link(owner), Err(Unusable::OtherOwner));
        }
    }
}
