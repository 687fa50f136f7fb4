//! Masks: names with `*` and `?`, and paths of them with `**`.

use std::collections::BTreeSet;

/// A mask for the path of a file below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mask(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// `**`: any number of folders, also none.
    Folders,
    /// One folder, or at the end the file.
    Name(String),
}

/// Where in a mask a folder is: the steps that may come next.
pub(super) type Positions = BTreeSet<usize>;

impl Mask {
    /// Reads `2026-*/**/*.json`. After a last `/` or `**` any file of these folders matches.
    pub(super) fn parse(text: &str) -> Self {
        let steps = text.split('/').filter(|step| !step.is_empty());
        let mut steps: Vec<_> = steps
            .map(|step| match step {
                "**" => Step::Folders,
                name => Step::Name(name.to_owned()),
            })
            .collect();
        if text.ends_with('/') || !matches!(steps.last(), Some(Step::Name(_))) {
            steps.push(Step::Name("*".to_owned()));
        }
        Self(steps)
    }

    /// The same mask for the files of any folder below the folders it means.
    pub(super) fn with_subfolders(mut self) -> Self {
        self.0.insert(self.0.len().saturating_sub(1), Step::Folders);
        self
    }

    /// Whether files in folders can match.
    pub(super) fn is_deep(&self) -> bool {
        self.0.len() > 1
    }

    /// Whether files in folders of any depth can match.
    pub(super) fn is_bottomless(&self) -> bool {
        self.0.contains(&Step::Folders)
    }

    /// In the folder that the mask starts from.
    pub(super) fn start(&self) -> Positions {
        let mut positions = Positions::new();
        self.reach(0, &mut positions);
        positions
    }

    /// In a folder of that name; nothing in it can match when there is no position left.
    pub(super) fn enter(&self, positions: &Positions, folder: &str) -> Positions {
        let mut inside = Positions::new();
        for &at in positions {
            match self.0.get(at) {
                Some(Step::Folders) => self.reach(at, &mut inside),
                Some(Step::Name(mask)) if at + 1 < self.0.len() && matches(mask, folder) => {
                    self.reach(at + 1, &mut inside);
                }
                _ => {}
            }
        }
        inside
    }

    /// Whether a file of that name matches.
    pub(super) fn takes(&self, positions: &Positions, file: &str) -> bool {
        let last = self.0.len().saturating_sub(1);
        match self.0.last() {
            Some(Step::Name(mask)) => positions.contains(&last) && matches(mask, file),
            _ => false,
        }
    }

    /// Whether the path of a file matches.
    pub(super) fn takes_path(&self, path: &str) -> bool {
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let folders = folders.split('/').filter(|step| !step.is_empty());
        let positions = folders.fold(self.start(), |positions, folder| self.enter(&positions, folder));
        self.takes(&positions, file)
    }

    /// Adds a position, and those that `**` lets through as it may mean no folder.
    fn reach(&self, at: usize, positions: &mut Positions) {
        positions.insert(at);
        if self.0.get(at) == Some(&Step::Folders) {
            self.reach(at + 1, positions);
        }
    }
}

/// Whether `name` matches a mask: `*` stands for any characters, `?` for one.
fn matches(mask: &str, name: &str) -> bool {
    let mask: Vec<char> = mask.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut in_mask, mut in_name) = (0, 0);
    // Where to try again when what follows the last `*` does not match: that `*` takes one more character.
    let mut retry = None;
    while let Some(&character) = name.get(in_name) {
        match mask.get(in_mask) {
            Some('*') => {
                in_mask += 1;
                retry = Some((in_mask, in_name + 1));
            }
            Some(&wanted) if wanted == '?' || wanted == character => {
                in_mask += 1;
                in_name += 1;
            }
            _ => {
                let Some((after_star, next)) = retry else { return false };
                (in_mask, in_name) = (after_star, next);
                retry = Some((after_star, next + 1));
            }
        }
    }
    mask.iter().skip(in_mask).all(|&rest| rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_match_paths() {
        for (mask, path, expected) in [
            ("*.json", "a.json", true),
            ("*.json", "b/a.json", false),
            ("**/*.json", "a.json", true),
            ("**/*.json", "b/c/a.json", true),
            ("**/b/*", "b/a", true),
            ("**/b/*", "c/b/a", true),
            ("**/b/*", "b/c/a", false),
            ("**/b/**/c/*", "x/b/y/z/c/a", true),
            ("**/b/**/c/*", "x/c/y/z/b/a", false),
            ("2026-*/*.json", "2026-01/a.json", true),
            ("2026-*/*.json", "2025-01/a.json", false),
            ("2026-*/*.json", "2026-01/b/a.json", false),
            ("2026-*/*.json", "2026-01.json", false),
            ("2026-*/", "2026-01/a", true),
            ("2026-*/", "a", false),
            ("**", "a", true),
            ("**", "b/a", true),
            ("a/**", "a/b/c", true),
            ("a/**", "b/c", false),
            ("**/**/a", "a", true),
        ] {
            assert_eq!(Mask::parse(mask).takes_path(path), expected, "{mask} {path}");
        }
        let deeper = Mask::parse("x/*.json").with_subfolders();
        assert!(deeper.takes_path("x/a.json") && deeper.takes_path("x/y/a.json"));
        assert!(!deeper.takes_path("a.json"));
    }

    #[test]
    fn masks_match_whole_names() {
        for (mask, name, expected) in [
            ("*", "", true),
            ("*", "日本.json", true),
            ("*.json", "a.json", true),
            ("*.json", "a.json.bak", false),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3", false),
            ("?.json", "é.json", true),
            ("?.json", ".json", false),
            ("a.json", "a.json", true),
            ("a.json", "aXjson", false),
            ("**a", "bca", true),
            (
                "*a*a*a*a*b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                false,
            ),
        ] {
            assert_eq!(matches(mask, name), expected, "{mask} {name}");
        }
    }
}
