//! The four-character code of how an English word sounds.

/// The code: the first letter and three digits.
pub(super) fn soundex(word: &str) -> String {
    let mut letters = word
        .chars()
        .map_while(|c| c.is_ascii_alphabetic().then(|| c.to_ascii_uppercase()));
    let Some(first) = letters.next() else {
        return "0000".to_owned();
    };
    let mut code = String::from(first);
    let mut last = digit(first);
    for letter in letters {
        let found = digit(letter);
        if let Some(found) = found
            && Some(found) != last
            && code.len() < 4
        {
            code.push(found);
        }
        // H and W do not part two letters that sound alike; vowels do.
        if !matches!(letter, 'H' | 'W') {
            last = found;
        }
    }
    while code.len() < 4 {
        code.push('0');
    }
    code
}

fn digit(letter: char) -> Option<char> {
    match letter {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    }
}
