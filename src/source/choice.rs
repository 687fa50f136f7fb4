//! Which of the files in a folder are documents.

use super::mask::{Mask, Positions};

/// The extensions that compressing adds.
const COMPRESSED: [&str; 4] = ["gz", "zst", "bz2", "xz"];

/// The word for names without an extension.
const NO_EXTENSION: &str = "noext";

/// What a connection takes from the folders it reads.
#[derive(Clone, Debug)]
pub struct Choice {
    subfolders: bool,
    /// Levels of folders below the first; none for all.
    depth: Option<usize>,
    /// In lower case and without a dot; `*` for all.
    extensions: Vec<String>,
    excluded: Vec<String>,
}

impl Choice {
    /// `IncludeSubdirectories`, `DirectoryRetrievalDepth` (none for all), `IncludeFiles` and `ExcludeFiles`, as lists with
    /// commas.
    pub fn new(subfolders: bool, depth: Option<usize>, included: &str, excluded: &str) -> Self {
        let list = |text: &str| -> Vec<String> {
            let items = text.split(',').map(str::trim);
            items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
        };
        Self {
            subfolders,
            depth,
            extensions: list(&included.to_lowercase())
                .iter()
                .map(|extension| extension.trim_start_matches("*.").trim_start_matches('.').to_owned())
                .collect(),
            excluded: list(excluded),
        }
    }

    /// How a folder is walked through; without a mask every file that may be a document is one.
    pub(super) fn walk(&self, mask: Option<&str>, case: Case) -> Walk {
        let text = case.of(mask.unwrap_or("*"));
        let mut steps = Mask::parse(&text);
        if self.subfolders {
            steps = steps.with_subfolders();
        }
        let is_file_mask = mask.is_some_and(|mask| !mask.ends_with('/'));
        Walk {
            deepest: self.depth.filter(|_| steps.is_bottomless()),
            steps,
            mask: mask.map(str::to_owned),
            extensions: if is_file_mask {
                Vec::new()
            } else {
                self.extensions.clone()
            },
            excluded: self
                .excluded
                .iter()
                .map(|mask| Exclusion {
                    is_name: !mask.contains('/'),
                    mask: Mask::parse(&case.of(mask)),
                })
                .collect(),
            case,
        }
    }
}

/// Whether a place tells names apart by case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Matters,
    Ignored,
}

impl Case {
    fn of(self, text: &str) -> String {
        match self {
            Self::Matters => text.to_owned(),
            Self::Ignored => text.to_lowercase(),
        }
    }
}

/// A walk through a folder and the folders in it.
#[derive(Debug)]
pub(super) struct Walk {
    mask: Option<String>,
    steps: Mask,
    deepest: Option<usize>,
    extensions: Vec<String>,
    excluded: Vec<Exclusion>,
    case: Case,
}

#[derive(Debug)]
struct Exclusion {
    /// Whether the name of a file is meant, wherever it is, and not its path.
    is_name: bool,
    mask: Mask,
}

/// A folder on a walk.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    /// Tells, with the folder itself, what will be found in it.
    pub(super) positions: Positions,
    /// The folders that lead here.
    path: Vec<String>,
}

impl Walk {
    /// The folder that the walk starts in.
    pub(super) fn start(&self) -> Inside {
        Inside {
            positions: self.steps.start(),
            path: Vec::new(),
        }
    }

    /// A folder in a folder; none when no file in it is wanted.
    pub(super) fn enter(&self, inside: &Inside, folder: &str) -> Option<Inside> {
        if self.deepest.is_some_and(|deepest| inside.path.len() >= deepest) {
            return None;
        }
        let folder = self.case.of(folder);
        let positions = self.steps.enter(&inside.positions, &folder);
        let mut path = inside.path.clone();
        path.push(folder);
        (!positions.is_empty()).then_some(Inside { positions, path })
    }

    /// Whether a file in a folder is wanted.
    pub(super) fn takes(&self, inside: &Inside, file: &str) -> bool {
        let file = self.case.of(file);
        self.steps.takes(&inside.positions, &file)
            && (self.extensions.is_empty() || has_one_of(&self.extensions, &file))
            && !self.excluded.iter().any(|exclusion| {
                let path = match exclusion.is_name {
                    true => file.clone(),
                    false => [inside.path.as_slice(), std::slice::from_ref(&file)].concat().join("/"),
                };
                exclusion.mask.takes_path(&path)
            })
    }

    /// Whether a file with this path below the first folder is wanted.
    pub(super) fn takes_path<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> bool {
        let mut steps = path.into_iter().peekable();
        let mut inside = self.start();
        while let Some(step) = steps.next() {
            if steps.peek().is_none() {
                return self.takes(&inside, step);
            }
            match self.enter(&inside, step) {
                Some(below) => inside = below,
                None => return false,
            }
        }
        false
    }

    /// Whether the walk may go into folders.
    pub(super) fn is_deep(&self) -> bool {
        self.steps.is_deep() && self.deepest != Some(0)
    }

    /// Says of a folder that nothing was found in it.
    pub(super) fn nothing(&self) -> String {
        let nothing = match &self.mask {
            Some(mask) if !mask.ends_with('/') => format!("no file in it matches `{mask}`"),
            _ => format!("it holds no {}", kinds(&self.extensions)),
        };
        match self.excluded.is_empty() {
            true => nothing,
            false => nothing + " that ExcludeFiles leaves",
        }
    }
}

/// Whether a name has one of these extensions, with or without one that compressing adds.
fn has_one_of(extensions: &[String], name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if COMPRESSED.contains(&extension) => stem,
        _ => &name,
    };
    extensions.iter().any(|extension| match extension.as_str() {
        "*" => true,
        NO_EXTENSION => !name.trim_start_matches('.').contains('.'),
        extension => [&name, stem].iter().any(|name| {
            let stem = name.strip_suffix(extension);
            stem.is_some_and(|stem| stem.ends_with('.'))
        }),
    })
}

/// `.json, .ndjson or .jsonl file`.
fn kinds(extensions: &[String]) -> String {
    let named = |extension: &String| match extension.as_str() {
        NO_EXTENSION => "extensionless".to_owned(),
        extension => format!(".{extension}"),
    };
    let is_all = extensions.iter().any(|extension| extension == "*");
    match extensions.split_last() {
        Some((last, [])) if !is_all => format!("{} file", named(last)),
        Some((last, others)) if !is_all => {
            let others: Vec<_> = others.iter().map(named).collect();
            format!("{} or {} file", others.join(", "), named(last))
        }
        _ => "file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "json,ndjson,jsonl";

    fn takes(choice: &Choice, mask: Option<&str>, path: &str) -> bool {
        choice.walk(mask, Case::Matters).takes_path(path.split('/'))
    }

    #[test]
    fn documents_are_known_by_extension() {
        for (included, name, expected) in [
            (JSON, "a.json", true),
            (JSON, "a.JSON", true),
            (JSON, "a.ndjson", true),
            (JSON, "a.b.jsonl", true),
            (JSON, "a.json.gz", true),
            (JSON, "a.NDJSON.Zst", true),
            (JSON, "a.jsonl.bz2", true),
            (JSON, "a.json.xz", true),
            (JSON, "a.json.bak", false),
            (JSON, "ajson", false),
            (JSON, "json", false),
            (JSON, "a.csv.gz", false),
            (JSON, "a.gz", false),
            (JSON, "a.json.gz.gz", false),
            (" .TXT , *.log", "a.txt", true),
            (" .TXT , *.log", "a.log.gz", true),
            (" .TXT , *.log", "a.json", false),
            ("json.gz", "a.json.gz", true),
            ("json.gz", "a.json", false),
            ("NOEXT", "people", true),
            ("NOEXT", ".people", true),
            ("NOEXT", "people.json", false),
            ("json,NOEXT", "people.json", true),
            ("*", "anything.at.all", true),
            ("", "anything", true),
        ] {
            let choice = Choice::new(false, None, included, "");
            assert_eq!(takes(&choice, None, name), expected, "{included} {name}");
            // A mask says by itself what it wants.
            assert!(takes(&choice, Some("*"), name));
        }
    }

    #[test]
    fn folders_in_the_folder_are_read_as_deep_as_it_is_wished() {
        for (subfolders, depth, deepest) in [
            (false, None, 0),
            (false, Some(3), 0),
            (true, None, 4),
            (true, Some(0), 0),
            (true, Some(2), 2),
        ] {
            let choice = Choice::new(subfolders, depth, JSON, "");
            for (level, path) in ["x.json", "a/x.json", "a/b/x.json", "a/b/c/x.json", "a/b/c/d/x.json"]
                .iter()
                .enumerate()
            {
                let expected = level <= deepest;
                assert_eq!(takes(&choice, None, path), expected, "{subfolders} {depth:?} {path}");
                assert_eq!(
                    takes(&choice, Some("x.*"), path),
                    expected,
                    "{subfolders} {depth:?} {path}"
                );
            }
            assert_eq!(choice.walk(None, Case::Matters).is_deep(), deepest > 0);
        }
        let shallow = Choice::new(false, Some(1), JSON, "");
        // A mask that names each folder says its depth itself.
        assert!(takes(&shallow, Some("*/*/*"), "a/b/x.json"));
        assert!(!takes(&shallow, Some("**/x.json"), "a/b/x.json"));
    }

    #[test]
    fn a_mask_of_folders_takes_their_documents() {
        let choice = Choice::new(false, None, JSON, "");
        assert!(takes(&choice, Some("2026-*/"), "2026-01/a.json"));
        assert!(!takes(&choice, Some("2026-*/"), "2026-01/a.txt"));
        assert!(!takes(&choice, Some("2026-*/"), "2025-01/a.json"));
        assert!(takes(&choice, Some("**/"), "a/b/c.json"));
    }

    #[test]
    fn what_is_excluded_is_left_out() {
        let choice = Choice::new(true, None, JSON, "*.tmp.json, archive/**,**/old/*,A.json");
        for (path, expected) in [
            ("a.json", true),
            ("A.json", false),
            ("b/A.json", false),
            ("a.tmp.json", false),
            ("b/a.tmp.json", false),
            ("archive/a.json", false),
            ("archive/b/a.json", false),
            ("b/archive/a.json", true),
            ("b/old/a.json", false),
            ("old/a.json", false),
        ] {
            assert_eq!(takes(&choice, None, path), expected, "{path}");
            assert_eq!(takes(&choice, Some("**"), path), expected, "{path}");
        }
        let folded = choice.walk(None, Case::Ignored);
        assert!(!folded.takes_path(["ARCHIVE", "x.json"]) && !folded.takes_path(["a.json"]));
    }

    #[test]
    fn nothing_found_is_said_in_the_words_of_the_wish() {
        for (included, excluded, mask, expected) in [
            (JSON, "", None, "it holds no .json, .ndjson or .jsonl file"),
            ("NOEXT", "", None, "it holds no extensionless file"),
            ("*", "", None, "it holds no file"),
            (
                JSON,
                "a*",
                None,
                "it holds no .json, .ndjson or .jsonl file that ExcludeFiles leaves",
            ),
            (JSON, "", Some("a/*.x"), "no file in it matches `a/*.x`"),
            ("json", "", Some("a*/"), "it holds no .json file"),
        ] {
            let walk = Choice::new(false, None, included, excluded).walk(mask, Case::Matters);
            assert_eq!(walk.nothing(), expected);
        }
    }
}
