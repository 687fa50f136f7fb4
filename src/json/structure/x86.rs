//! The marks of a lane by the instructions of x86-64: AVX-512 or AVX2 where the processor has it, SSE2 which all of them
//! have.

#![allow(
    unsafe_code,
    reason = "loads of vectors, and instructions that are asked for at run time"
)]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::*;

use super::{Lane, Malformed, Marks, Nesting, Outline, portable};

/// Follows `nesting` through `bytes`; none where the processor cannot do it this way.
#[inline]
pub(super) fn follow<const NOTED: u8>(
    nesting: &mut Nesting,
    bytes: &[u8],
    outline: &mut Outline,
) -> Option<Result<Option<usize>, Malformed>> {
    let can = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("pclmulqdq");
    if can && is_x86_feature_detected!("avx512bw") {
        // SAFETY: the processor was asked just now for all that the function needs.
        return Some(unsafe { follow_by_avx512::<NOTED>(nesting, bytes, outline) });
    }
    if can && is_x86_feature_detected!("avx2") {
        // SAFETY: the processor was asked just now for all that the function needs.
        return Some(unsafe { follow_by_avx2::<NOTED>(nesting, bytes, outline) });
    }
    None
}

#[target_feature(enable = "avx512bw,bmi1,pclmulqdq")]
fn follow_by_avx512<const NOTED: u8>(
    nesting: &mut Nesting,
    bytes: &[u8],
    outline: &mut Outline,
) -> Result<Option<usize>, Malformed> {
    nesting.follow_by::<NOTED>(bytes, outline, |lane| marks_by_avx512(lane), |quotes| within(quotes))
}

#[target_feature(enable = "avx512bw")]
#[inline]
fn marks_by_avx512(lane: &Lane) -> Marks {
    // SAFETY: there are 64 bytes to load, which need not be aligned.
    let bytes = unsafe { _mm512_loadu_si512(lane.as_ptr().cast()) };
    // An opening bracket and a brace differ in one bit, as do the closing ones.
    let either = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    Marks {
        quotes: _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x22)),
        backslashes: _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x5C)),
        opening: _mm512_cmpeq_epi8_mask(either, _mm512_set1_epi8(0x7B)),
        closing: _mm512_cmpeq_epi8_mask(either, _mm512_set1_epi8(0x7D)),
        controls: _mm512_cmple_epu8_mask(bytes, _mm512_set1_epi8(0x1F)),
        colons: _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x3A)),
        braces: _mm512_test_epi8_mask(bytes, _mm512_set1_epi8(0x20)),
    }
}

#[target_feature(enable = "avx2,bmi1,pclmulqdq")]
fn follow_by_avx2<const NOTED: u8>(
    nesting: &mut Nesting,
    bytes: &[u8],
    outline: &mut Outline,
) -> Result<Option<usize>, Malformed> {
    nesting.follow_by::<NOTED>(bytes, outline, |lane| marks(lane), |quotes| within(quotes))
}

#[target_feature(enable = "avx2")]
#[inline]
fn marks(lane: &Lane) -> Marks {
    let (halves, _) = lane.as_chunks::<32>();
    let mut marks = Marks {
        quotes: 0,
        backslashes: 0,
        opening: 0,
        closing: 0,
        controls: 0,
        colons: 0,
        braces: 0,
    };
    for half in halves.iter().rev() {
        // SAFETY: there are 32 bytes to load, which need not be aligned.
        let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
        let either = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        let least = _mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F));
        put(&mut marks.quotes, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x22)));
        put(&mut marks.backslashes, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x5C)));
        // An opening bracket and a brace differ in one bit, as do the closing ones.
        put(&mut marks.opening, _mm256_cmpeq_epi8(either, _mm256_set1_epi8(0x7B)));
        put(&mut marks.closing, _mm256_cmpeq_epi8(either, _mm256_set1_epi8(0x7D)));
        put(&mut marks.colons, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x3A)));
        put(&mut marks.braces, _mm256_slli_epi16::<2>(bytes));
        put(&mut marks.controls, _mm256_cmpeq_epi8(bytes, least));
    }
    marks
}

/// Puts the bits of 32 bytes below those that are there.
#[target_feature(enable = "avx2")]
#[inline]
fn put(mask: &mut u64, found: __m256i) {
    *mask = (*mask << 32) | u64::from(_mm256_movemask_epi8(found).cast_unsigned());
}

/// A bit for every byte from a quote up to the next: a product without carries, by all ones, is the sum of all before.
#[target_feature(enable = "pclmulqdq")]
#[inline]
fn within(quotes: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, quotes.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

/// How many bytes of a string come before a quote, a backslash or a control character.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let (lanes, tail) = bytes.as_chunks::<16>();
    for (at, lane) in lanes.iter().enumerate() {
        // SAFETY: every x86-64 has SSE2.
        let special = unsafe { special(lane) };
        if special != 0 {
            return at * 16 + special.trailing_zeros() as usize;
        }
    }
    lanes.len() * 16 + portable::plain_length(tail)
}

/// Where quotes, backslashes and control characters are.
#[target_feature(enable = "sse2")]
#[inline]
fn special(lane: &[u8; 16]) -> u32 {
    // SAFETY: there are 16 bytes to load, which need not be aligned.
    let bytes = unsafe { _mm_loadu_si128(lane.as_ptr().cast()) };
    let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x22));
    let backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x5C));
    let controls = _mm_cmpeq_epi8(bytes, _mm_min_epu8(bytes, _mm_set1_epi8(0x1F)));
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)).cast_unsigned()
}
