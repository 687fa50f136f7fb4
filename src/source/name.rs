//! Which names in a folder are documents.

/// The extensions that JSON documents have.
const JSON: [&str; 3] = ["json", "ndjson", "jsonl"];

/// The extensions that compressing adds.
const COMPRESSED: [&str; 4] = ["gz", "zst", "bz2", "xz"];

/// Whether a name is one that JSON documents have, compressed or not.
pub(super) fn is_document(name: &str) -> bool {
    let is_one_of = |known: &[&str], extension: &str| known.iter().any(|known| known.eq_ignore_ascii_case(extension));
    let name = match name.rsplit_once('.') {
        Some((stem, extension)) if is_one_of(&COMPRESSED, extension) => stem,
        _ => name,
    };
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| is_one_of(&JSON, extension))
}

/// Whether `name` matches a mask: `*` stands for any characters, `?` for one.
pub(super) fn matches(mask: &str, name: &str) -> bool {
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
    fn documents_are_known_by_extension() {
        for (name, expected) in [
            ("a.json", true),
            ("a.JSON", true),
            ("a.ndjson", true),
            ("a.b.jsonl", true),
            ("a.json.bak", false),
            ("json", false),
            ("a.csv", false),
            ("a.json.gz", true),
            ("a.NDJSON.Zst", true),
            ("a.csv.gz", false),
            ("a.gz", false),
            ("a.gz.json.xz.gz", false),
        ] {
            assert_eq!(is_document(name), expected, "{name}");
        }
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
