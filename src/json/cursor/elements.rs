//! Walking through the elements of an array.

use super::{Cursor, Read};

impl Cursor<'_> {
    /// Enters an array; whether it has a first element, which comes next.
    pub(in crate::json) fn first_element(&mut self) -> Read<bool> {
        self.expect(b'[', "an array was expected")?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// After an element: whether another one comes next. If not, the array is left.
    pub(in crate::json) fn next_element(&mut self) -> Read<bool> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.malformed("`,` or `]` was expected after an element")),
        }
    }
}
