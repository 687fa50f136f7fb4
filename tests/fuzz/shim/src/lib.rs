//! What the room of JSON uses of DataFusion: Arrow, and so a fuzzer builds in a minute.

pub use arrow;
