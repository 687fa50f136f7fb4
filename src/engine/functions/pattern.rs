//! SQL Server's patterns: `%`, `_`, `[a-f]`, `[^a-f]`.

/// The place, from 1, of the first character that the pattern matches; 0 when there is none.
pub(super) fn find(pattern: &str, text: &str) -> usize {
    let pieces = pieces(pattern);
    let text: Vec<char> = text.chars().collect();
    let (is_anywhere, rest) = match pieces.split_first() {
        Some((Piece::Anything, rest)) => (true, rest),
        _ => (false, pieces.as_slice()),
    };
    let starts = if is_anywhere { text.len() } else { 0 };
    (0..=starts)
        .find(|start| text.get(*start..).is_some_and(|text| matches(rest, text)))
        .map_or(0, |start| start + 1)
}

#[derive(Debug, PartialEq)]
enum Piece {
    /// `%`
    Anything,
    /// `_`
    One,
    /// `[…]`: whether it is one of these, or none of them.
    Set {
        is_of: bool,
        ranges: Vec<(char, char)>,
    },
    Character(char),
}

impl Piece {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Anything | Self::One => true,
            Self::Set { is_of, ranges } => ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) == *is_of,
            Self::Character(wanted) => *wanted == c,
        }
    }
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        pieces.push(match c {
            // Several in a row are as good as one, and slower.
            '%' if pieces.last() == Some(&Piece::Anything) => continue,
            '%' => Piece::Anything,
            '_' => Piece::One,
            '[' => match rest.as_str().split_once(']') {
                Some((inside, after)) => {
                    rest = after.chars();
                    set(inside)
                }
                None => Piece::Character('['),
            },
            c => Piece::Character(c),
        });
    }
    pieces
}

fn set(inside: &str) -> Piece {
    let (is_of, inside) = match inside.strip_prefix('^') {
        Some(inside) => (false, inside),
        None => (true, inside),
    };
    let mut ranges = Vec::new();
    let mut rest: &[char] = &inside.chars().collect::<Vec<_>>();
    while let Some((low, after)) = rest.split_first() {
        rest = match after {
            ['-', high, after @ ..] => {
                ranges.push((*low, *high));
                after
            }
            after => {
                ranges.push((*low, *low));
                after
            }
        };
    }
    Piece::Set { is_of, ranges }
}

/// Whether the whole text is what the pieces say. After a mismatch the last `%` takes one character more, which finds a
/// match wherever there is one.
fn matches(pieces: &[Piece], text: &[char]) -> bool {
    let (mut piece, mut at) = (0, 0);
    let mut retry = None;
    loop {
        match (pieces.get(piece), text.get(at)) {
            (Some(Piece::Anything), _) => {
                piece += 1;
                retry = Some((piece, at));
            }
            (Some(wanted), Some(c)) if wanted.takes(*c) => {
                piece += 1;
                at += 1;
            }
            (None, None) => return true,
            _ => match retry {
                Some((after, from)) if from < text.len() => {
                    retry = Some((after, from + 1));
                    (piece, at) = (after, from + 1);
                }
                _ => return false,
            },
        }
    }
}
