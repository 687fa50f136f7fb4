//! Compressed documents, whole and damaged, from a source that hands them out in pieces.

use std::io::Write;

use futures::TryStreamExt;

use super::*;
use crate::source::choice::Choice;
use crate::source::file::Local;
use crate::source::in_order;
use crate::source::uri::Selection;

const TEXT: &str = "[1,2]\n";

/// 200 times [`TEXT`].
const XZ: &[u8] = &[
    253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163, 224, 4, 175, 0, 19,
    93, 0, 45, 140, 65, 131, 86, 118, 118, 72, 186, 231, 214, 184, 26, 121, 29, 216, 26, 128, 0, 0, 0, 83, 142, 170,
    19, 61, 162, 88, 36, 0, 1, 47, 176, 9, 0, 0, 0, 160, 36, 96, 88, 177, 196, 103, 251, 2, 0, 0, 0, 0, 4, 89, 90,
];
/// 200 times [`TEXT`].
const BROTLI: &[u8] = &[
    27, 175, 4, 248, 141, 148, 172, 107, 147, 90, 33, 70, 102, 75, 177, 116, 133, 109, 113, 0, 50, 86, 1,
];
/// Twice [`TEXT`], with a window of 1 GiB.
const WIDE_XZ: &[u8] = &[
    253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 36, 0, 0, 0, 94, 31, 199, 249, 1, 0, 11, 91, 49, 44,
    50, 93, 10, 91, 49, 44, 50, 93, 10, 0, 44, 155, 149, 63, 77, 128, 69, 166, 0, 1, 36, 12, 166, 24, 216, 216, 31,
    182, 243, 125, 1, 0, 0, 0, 0, 4, 89, 90,
];

fn text() -> Vec<u8> {
    TEXT.repeat(200).into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One document in pieces, and what comes behind them.
#[derive(Debug)]
struct Pieces {
    bytes: Vec<u8>,
    piece: usize,
    broken: Option<Kind>,
}

#[async_trait]
impl Source for Pieces {
    fn table_name(&self) -> String {
        "t".to_owned()
    }

    async fn list(&self) -> Result<Listing> {
        Ok(in_order(vec![document()]))
    }

    async fn open(&self, _: &Document) -> Result<Content> {
        let pieces: Vec<_> = self
            .bytes
            .chunks(self.piece)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let broken = self.broken.map(|kind| Err(Error::new(kind, "The cable was cut.")));
        Ok(Content::Arriving(
            stream::iter(pieces).chain(stream::iter(broken)).boxed(),
        ))
    }
}

fn document() -> Document {
    Document {
        name: "data/a.json".to_owned(),
        location: "data/a.json".to_owned(),
        size: 1,
        revision: "1".to_owned(),
        modified: None,
    }
}

async fn read_pieces(bytes: &[u8], piece: usize, broken: Option<Kind>) -> Result<Vec<u8>> {
    let bytes = bytes.to_vec();
    let source = Decompressed(Arc::new(Pieces { bytes, piece, broken }));
    let chunks: Vec<_> = source.open(&document()).await?.into_stream().try_collect().await?;
    assert!(chunks.iter().all(|chunk: &Bytes| chunk.len() <= CHUNK.max(piece)));
    Ok(chunks.concat())
}

async fn read(bytes: &[u8]) -> Result<Vec<u8>> {
    read_pieces(bytes, 1 << 20, None).await
}

fn every_format() -> [(&'static str, Vec<u8>); 4] {
    [
        ("gzip", gzip(&text())),
        ("zstd", zstd(&text())),
        ("bzip2", bzip2(&text())),
        ("xz", XZ.to_vec()),
    ]
}

#[tokio::test]
async fn every_format_is_told_by_its_content_however_it_arrives() {
    for (format, bytes) in every_format() {
        for piece in [1, 5, 7, 1 << 20] {
            assert_eq!(
                read_pieces(&bytes, piece, None).await.unwrap(),
                text(),
                "{format} {piece}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_compressed_stays_as_it_is() {
    for plain in ["", "1", "[1]", "BZh", "BZhello", "{\"a\": \"\u{1F}\"}"] {
        for piece in [1, 100] {
            assert_eq!(
                read_pieces(plain.as_bytes(), piece, None).await.unwrap(),
                plain.as_bytes()
            );
        }
    }
}

#[tokio::test]
async fn members_and_frames_that_follow_one_another_are_one_document() {
    let mut padded = XZ.to_vec();
    padded.extend([0; 4]);
    let skippable = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, b'a', b'b', b'c'];
    for (first, second, times) in [
        (gzip(&text()), gzip(&text()), 2),
        (gzip(b""), gzip(&text()), 1),
        (zstd(&text()), zstd(&text()), 2),
        (skippable.to_vec(), zstd(&text()), 1),
        (bzip2(&text()), bzip2(&text()), 2),
        (padded, XZ.to_vec(), 2),
    ] {
        let both = [first, second].concat();
        assert_eq!(read(&both).await.unwrap(), text().repeat(times));
    }
}

#[tokio::test]
async fn a_cut_off_document_is_an_error_at_every_length() {
    for (format, bytes) in every_format() {
        for length in (TELLING..bytes.len()).chain([bytes.len() - 1]) {
            let error = read(&bytes[..length]).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Document, "{format} {length}");
            let start = format!("data/a.json is cut off: its {format} data end too early.");
            assert!(error.message().starts_with(&start), "{length}: {error}");
        }
    }
}

#[tokio::test]
async fn a_damaged_document_is_an_error() {
    for (format, bytes) in every_format() {
        // The check sums are at the end; trailing bytes are damage, too.
        let mut wrong_sum = bytes.clone();
        let at = match format {
            "bzip2" => 12,
            "xz" => 50,
            _ => bytes.len() - 3,
        };
        wrong_sum[at] ^= 0x10;
        let trailing = [bytes.as_slice(), b"trailing rubbish, and more"].concat();
        for damaged in [wrong_sum, trailing] {
            let error = read(&damaged).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Document, "{format}: {error}");
            assert!(error.message().starts_with("data/a.json c"), "{error}");
            assert!(error.message().contains(&format!("its {format} data")), "{error}");
        }
    }
}

#[tokio::test]
async fn a_document_that_asks_for_much_memory_is_refused() {
    let error = read(WIDE_XZ).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Document);
    assert!(error.message().contains("need too much memory"), "{error}");
}

#[tokio::test]
async fn what_breaks_the_bytes_off_is_told_as_it_is() {
    for (format, bytes) in every_format() {
        let error = read_pieces(&bytes[..bytes.len() / 2], 8, Some(Kind::Unreachable))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (Kind::Unreachable, "The cable was cut."),
            "{format}"
        );
    }
}

#[tokio::test]
async fn a_bomb_is_handed_out_piece_by_piece_and_only_as_far_as_it_is_read() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let source = Decompressed(Arc::new(Pieces {
        bytes: bomb,
        piece: 1 << 20,
        broken: None,
    }));
    let mut stream = source.open(&document()).await.unwrap().into_stream();
    for _ in 0..3 {
        assert_eq!(stream.try_next().await.unwrap().unwrap().len(), CHUNK);
    }
}

#[tokio::test]
async fn a_reader_that_leaves_ends_the_waiting_for_bytes() {
    let (dropped, was_dropped) = tokio::sync::oneshot::channel::<()>();
    let start = gzip(&text())[..20].to_vec();
    // Never goes on, and tells when it is dropped.
    let rest = stream::unfold(dropped, |dropped| async {
        std::future::pending::<()>().await;
        Some((Ok(Bytes::new()), dropped))
    });
    let bytes = stream::iter([Ok(Bytes::from(start))]).chain(rest).boxed();
    let plain = decompress(Compression::Gzip, "a".to_owned(), bytes);
    drop(plain);
    assert!(was_dropped.await.is_err());
}

#[tokio::test]
async fn brotli_is_decompressed_when_it_is_named() {
    let read = |bytes: &'static [u8]| async move {
        let bytes = stream::iter([Ok(Bytes::from_static(bytes))]).boxed();
        let plain = decompress(Compression::Brotli, "a".to_owned(), bytes);
        plain.try_collect::<Vec<_>>().await
    };
    assert_eq!(read(BROTLI).await.unwrap().concat(), text());
    let error = read(&BROTLI[..BROTLI.len() - 1]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Document);
    assert!(error.message().contains("its brotli data are damaged"), "{error}");
}

#[tokio::test]
async fn what_is_compressed_is_no_file_to_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json").to_str().unwrap().to_owned();
    let as_it_is = [("text", text()), ("nothing", Vec::new())].map(|(name, bytes)| (name, bytes, true));
    let compressed = every_format().map(|(name, bytes)| (name, bytes, false));
    for (name, bytes, expected) in as_it_is.into_iter().chain(compressed) {
        std::fs::write(&path, bytes).unwrap();
        let choice = Choice::new(false, None, "json", "");
        let local = Local::new(vec![Selection::File(path.clone())], choice, "a".to_owned());
        let source = Decompressed(Arc::new(local));
        let document = source.list().await.unwrap().documents.remove(0);
        let content = source.open(&document).await.unwrap();
        assert_eq!(matches!(content, Content::OnDisk(_)), expected, "{name}");
    }
}
