//! Documents that are opened before their turn comes, so that a reader of many waits for few of them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Result;

use super::owned::Owned;
use super::spool::Spool;
use super::{Content, Document, Source};

/// The most that is read of a document before its turn comes.
const BEGINNING: u64 = 1 << 20;
/// The most that is read of all of them together, in KiB.
const TOGETHER: usize = 32 << 10;

/// Documents in the order in which they will be read.
///
/// Each is opened by [`Self::open`] when its turn comes. Those behind it have been opened by then, as far as the source
/// is worth it and memory goes. Dropping this ends the requests behind those whose turn has not come.
pub struct Ahead {
    source: Arc<dyn Source>,
    /// Whether the reader may stop before the end, and so shall not pay for much that it may not want.
    may_stop: bool,
    memory: Arc<Semaphore>,
    queue: Mutex<Queue>,
    /// What is shared with the other scans of the statement.
    shared: Mutex<Option<Arc<Spool>>>,
}

struct Queue {
    turns: Vec<Turn>,
    places: HashMap<String, usize>,
    taken: usize,
}

enum Turn {
    ToCome(Document),
    Opening(Owned<Opened>),
    Taken,
}

/// A document whose first bytes have come, if they have to.
struct Opened {
    content: Content,
    _memory: OwnedSemaphorePermit,
}

impl Ahead {
    /// Opens nothing yet.
    pub fn new(source: Arc<dyn Source>, documents: Vec<Document>, may_stop: bool) -> Self {
        let places = documents.iter().enumerate();
        let places = places.map(|(at, document)| (document.location.clone(), at)).collect();
        Self {
            source,
            may_stop,
            memory: Arc::new(Semaphore::new(TOGETHER)),
            queue: Mutex::new(Queue {
                turns: documents.into_iter().map(Turn::ToCome).collect(),
                places,
                taken: 0,
            }),
            shared: Mutex::default(),
        }
    }

    /// Shares what is read with other scans, as long as any of them lives.
    pub fn share(&self, spool: Option<Arc<Spool>>) {
        *self.shared.lock() = spool;
    }

    /// Opens a document whose turn has come.
    pub async fn open(&self, document: &Document) -> Result<Content> {
        let turn = self.take(document);
        let Turn::Opening(opening) = turn else {
            return self.source.open(document).await;
        };
        Ok(opening.outcome().await?.content)
    }

    /// Takes a document out of the queue, and begins with those behind it.
    fn take(&self, document: &Document) -> Turn {
        let mut queue = self.queue.lock();
        let Some(at) = queue.places.get(&document.location).copied() else {
            return Turn::Taken;
        };
        let most = self.source.at_once().saturating_sub(1);
        let ahead = if self.may_stop { most.min(queue.taken) } else { most };
        queue.taken += 1;
        for turn in queue.turns.iter_mut().skip(at + 1).take(ahead) {
            let Turn::ToCome(document) = turn else { continue };
            let Some(memory) = self.memory_for(document) else { break };
            *turn = Turn::Opening(Owned::begin(opened(self.source.clone(), document.clone(), memory)));
        }
        let turn = queue.turns.get_mut(at);
        turn.map_or(Turn::Taken, |turn| std::mem::replace(turn, Turn::Taken))
    }

    fn memory_for(&self, document: &Document) -> Option<OwnedSemaphorePermit> {
        let kilobytes = u32::try_from(document.size.min(BEGINNING) / 1024 + 1).ok()?;
        self.memory.clone().try_acquire_many_owned(kilobytes).ok()
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

async fn opened(source: Arc<dyn Source>, document: Document, memory: OwnedSemaphorePermit) -> Result<Opened> {
    let mut rest = match source.open(&document).await? {
        Content::Arriving(bytes) => bytes,
        content @ Content::OnDisk(_) => {
            let _memory = memory;
            return Ok(Opened { content, _memory });
        }
    };
    let mut beginning: Vec<Bytes> = Vec::new();
    let mut left = document.size.min(BEGINNING);
    while left > 0 {
        let Some(chunk) = rest.try_next().await? else { break };
        left = left.saturating_sub(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        beginning.push(chunk);
    }
    Ok(Opened {
        content: Content::Arriving(stream::iter(beginning).map(Ok).chain(rest).boxed()),
        _memory: memory,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use async_trait::async_trait;
    use tokio::sync::{Barrier, mpsc};

    use super::*;
    use crate::source::Listing;

    /// Documents that open only together, four at a time.
    #[derive(Debug)]
    struct Together {
        barrier: Barrier,
        /// The names of the documents whose opening began.
        begun: Mutex<Vec<String>>,
        /// Told of each stream that is dropped.
        dropped: mpsc::UnboundedSender<()>,
    }

    struct Told(mpsc::UnboundedSender<()>);

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }

    #[async_trait]
    impl Source for Together {
        fn table_name(&self) -> String {
            "t".to_owned()
        }

        async fn list(&self) -> Result<Listing> {
            Ok(Listing::default())
        }

        async fn open(&self, document: &Document) -> Result<Content> {
            let told = Told(self.dropped.clone());
            self.begun.lock().push(document.name.clone());
            self.barrier.wait().await;
            let pieces = [document.name.clone(), " and more".to_owned()];
            let bytes = stream::iter(pieces).map(move |piece| {
                let _told = &told;
                Ok(Bytes::from(piece))
            });
            Ok(Content::Arriving(bytes.boxed()))
        }
    }

    fn documents(count: usize, size: u64) -> Vec<Document> {
        let document = |number: usize| Document {
            name: number.to_string(),
            location: number.to_string(),
            size,
            revision: "1".to_owned(),
            modified: None,
        };
        (0..count).map(document).collect()
    }

    fn together(size: usize) -> (Arc<Together>, mpsc::UnboundedReceiver<()>) {
        let (dropped, drops) = mpsc::unbounded_channel();
        let source = Together {
            barrier: Barrier::new(size),
            begun: Mutex::default(),
            dropped,
        };
        (Arc::new(source), drops)
    }

    async fn text(content: Content) -> String {
        let chunks: Vec<_> = content.into_stream().try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }

    #[tokio::test]
    async fn those_behind_are_opened_with_the_one_whose_turn_it_is() {
        let (source, _drops) = together(4);
        let documents = documents(7, 5);
        let ahead = Ahead::new(source.clone(), documents.clone(), false);
        // The first waits for three more; without them it would wait for ever.
        for document in &documents[..4] {
            let content = ahead.open(document).await.unwrap();
            assert_eq!(text(content).await, format!("{} and more", document.name));
        }
        while source.begun.lock().len() < 7 {
            tokio::task::yield_now().await;
        }
        // One that is not expected is opened as it comes.
        let other = Ahead::new(together(1).0, Vec::new(), false);
        assert_eq!(text(other.open(&documents[6]).await.unwrap()).await, "6 and more");
    }

    #[tokio::test]
    async fn a_reader_who_may_stop_pays_for_little_more_than_he_read() {
        let (source, _drops) = together(1);
        let documents = documents(9, 5);
        let ahead = Ahead::new(source.clone(), documents.clone(), true);
        for (read, begun) in [(1, 1), (2, 3), (3, 5), (4, 7)] {
            text(ahead.open(&documents[read - 1]).await.unwrap()).await;
            while source.begun.lock().len() < begun {
                tokio::task::yield_now().await;
            }
            assert_eq!(source.begun.lock().len(), begun);
        }
    }

    #[tokio::test]
    async fn what_is_opened_ahead_fits_into_memory() {
        let (source, _drops) = together(1);
        let documents = documents(9, 12 << 20);
        let ahead = Ahead::new(source.clone(), documents.clone(), false);
        ahead.memory.forget_permits(TOGETHER - 2050);
        text(ahead.open(&documents[0]).await.unwrap()).await;
        while source.begun.lock().len() < 3 {
            tokio::task::yield_now().await;
        }
        // Two beginnings of a megabyte.
        assert_eq!((source.begun.lock().len(), ahead.memory.available_permits()), (3, 0));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends() {
        let (source, mut drops) = together(9);
        let ahead = Ahead::new(source.clone(), documents(4, 5), false);
        let first = documents(1, 5).remove(0);
        let opening = ahead.open(&first);
        assert!(futures::FutureExt::now_or_never(opening).is_none());
        while source.begun.lock().len() < 4 {
            tokio::task::yield_now().await;
        }
        drop(ahead);
        for _ in 0..4 {
            drops.recv().await.unwrap();
        }
    }
}
