//! The files that are named on the command line, opened and decompressed.

use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// One source of data.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// What people know it as.
    pub(super) shown: Arc<str>,
    /// `None` for stdin.
    path: Option<PathBuf>,
}

impl Input {
    pub(super) fn is_stdin(&self) -> bool {
        self.path.is_none()
    }

    /// The bytes that will be read, as far as is known.
    pub(super) fn length(&self) -> u64 {
        let metadata = self.path.as_ref().and_then(|path| path.metadata().ok());
        metadata.filter(std::fs::Metadata::is_file).map_or(0, |metadata| metadata.len())
    }

    /// Whether its name says that each line is a record.
    pub(super) fn is_lines_by_name(&self) -> bool {
        let is = |path: &Path, known: &[&str]| {
            let own = path.extension().unwrap_or_default();
            known.iter().any(|known| own.eq_ignore_ascii_case(known))
        };
        let path = Path::new(&*self.shown);
        let inner = path.file_stem().map(Path::new).filter(|_| is(path, &["gz", "zst"]));
        is(inner.unwrap_or(path), &["jsonl", "ndjson"])
    }

    /// Opens it for reading; what is compressed is decompressed, whatever its name.
    pub(super) fn open<'r>(
        &self,
        stdin: &'r mut dyn Read,
        bar: &ProgressBar,
    ) -> io::Result<Box<dyn Read + 'r>> {
        let source: Box<dyn Read + 'r> = match &self.path {
            None => Box::new(stdin),
            Some(path) => {
                let file = File::open(path)?;
                if file.metadata()?.is_dir() {
                    let why = "is a directory; name its files, or a glob such as DIR/*.jsonl";
                    return Err(io::Error::new(io::ErrorKind::IsADirectory, why));
                }
                Box::new(file)
            }
        };
        decompressed(Box::new(Counted { source, bar: bar.clone() }))
    }
}

/// The inputs that names and globs stand for, each glob's in order of their names; and the globs
/// that nothing fits.
pub(super) fn named(names: &[String]) -> (Vec<Input>, Vec<(String, String)>) {
    let mut inputs = Vec::new();
    let mut failed = Vec::new();
    for name in names {
        if name == "-" {
            inputs.push(Input { shown: "stdin".into(), path: None });
            continue;
        }
        let path = PathBuf::from(name);
        let is_glob = name.contains(['*', '?', '[']) && !path.exists();
        if !is_glob {
            inputs.push(Input { shown: name.as_str().into(), path: Some(path) });
            continue;
        }
        let before = inputs.len();
        match glob::glob(name) {
            Ok(paths) => {
                for path in paths {
                    match path {
                        Ok(path) if path.is_dir() => {}
                        Ok(path) => {
                            let shown = path.to_string_lossy().into_owned().into();
                            inputs.push(Input { shown, path: Some(path) });
                        }
                        Err(error) => failed.push((name.clone(), error.to_string())),
                    }
                }
                if inputs.len() == before {
                    failed.push((name.clone(), "no file fits this pattern".to_owned()));
                }
            }
            Err(error) => failed.push((name.clone(), error.to_string())),
        }
    }
    (inputs, failed)
}

fn decompressed<'r>(source: Box<dyn Read + 'r>) -> io::Result<Box<dyn Read + 'r>> {
    let mut source = Peeked { front: Cursor::default(), source };
    let start = source.peek(4)?;
    Ok(if start.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(source))
    } else if start == ZSTD || is_skippable(&start) {
        Box::new(Zstd { frame: None, source: Some(source) })
    } else {
        Box::new(source)
    })
}

/// A source whose next bytes were looked at.
struct Peeked<'r> {
    front: Cursor<Vec<u8>>,
    source: Box<dyn Read + 'r>,
}

impl Peeked<'_> {
    /// The next bytes; fewer at the end.
    fn peek(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let mut start = Vec::new();
        self.take(count).read_to_end(&mut start)?;
        self.front = Cursor::new(start.clone());
        Ok(start)
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.front.read(buffer)?;
        if read > 0 { Ok(read) } else { self.source.read(buffer) }
    }
}

/// Tells how far the reading is.
struct Counted<R> {
    source: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}

/// Frames of zstd, one after the other.
struct Zstd<'r> {
    frame: Option<Box<StreamingDecoder<Peeked<'r>, FrameDecoder>>>,
    /// What is behind the frame, while there is none open.
    source: Option<Peeked<'r>>,
}

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.source = self.frame.take().map(|frame| frame.into_inner());
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            let start = source.peek(FRAME_HEAD)?;
            if start.is_empty() {
                return Ok(0);
            }
            if is_skippable(&start) {
                let mut head = [0; 8];
                source.read_exact(&mut head)?;
                let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
                io::copy(&mut (&mut source).take(length.into()), &mut io::sink())?;
                self.source = Some(source);
                continue;
            }
            if window(&start).is_some_and(|window| window > WIDEST) {
                let wide = "its frame wants a window of over 128 MiB; compress it without --long";
                return Err(io::Error::new(io::ErrorKind::InvalidData, wide));
            }
            let frame = StreamingDecoder::new(source);
            let frame = frame.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            self.frame = Some(Box::new(frame));
        }
    }
}

/// How many bytes a frame wants to be kept in memory (RFC 8878, 3.1.1.1).
fn window(head: &[u8]) -> Option<u64> {
    let descriptor = *head.get(4)?;
    if descriptor & 0x20 == 0 {
        let (exponent, mantissa) = (head.get(5)? >> 3, head.get(5)? & 7);
        let base = 1_u64 << (10 + u32::from(exponent));
        return Some(base + base / 8 * u64::from(mantissa));
    }
    // All of it at once: the size of the content, behind the id of a dictionary.
    let from = 5 + [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = [1, 2, 4, 8][usize::from(descriptor >> 6)];
    let size = head.get(from..from + length)?;
    Some(size.iter().rev().fold(0, |size, byte| (size << 8) | u64::from(*byte)))
}

/// A frame that holds no data.
fn is_skippable(start: &[u8]) -> bool {
    start.len() >= 4 && start[0] & 0xf0 == 0x50 && start[1..4] == [0x2a, 0x4d, 0x18]
}

/// Bytes of the longest head of a frame.
const FRAME_HEAD: u64 = 18;
/// What `zstd` itself takes by default.
const WIDEST: u64 = 128 << 20;
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
