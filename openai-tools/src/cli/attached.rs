//! Images and files that are shown with the prompt.

use std::{fs, io::Read, path::Path};

use super::report::Failure;
use crate::{
    json::shorten,
    media::{File, Image, Part},
};

/// An image: a URL as it is, a file by its bytes.
pub(super) fn image(given: &str) -> Result<Part, Failure> {
    if is_url(given) || given.starts_with("data:image/") {
        return Ok(Image::url(given).into());
    }
    // A file may be called so: what is there is one.
    if let Some(scheme) = scheme(given).filter(|_| !Path::new(given).exists()) {
        return Err(Failure::input(format!(
            "a `{}` URL is no image; give a file, an http(s) URL or a data URL of an image",
            shorten(scheme, 20)
        )));
    }
    let bytes = bytes(given, MOST_OF_IMAGE)?;
    let Some(media_type) = image_type(&bytes) else {
        let why = format!("{given}: neither a PNG, a JPEG, a GIF nor a WebP image");
        return Err(Failure::input(why));
    };
    Ok(Image::bytes(media_type, &bytes).into())
}

/// A file: a URL as it is, one on disk by its name and bytes.
pub(super) fn file(given: &str) -> Result<Part, Failure> {
    if is_url(given) {
        return Ok(File::url(given).into());
    }
    let bytes = bytes(given, MOST_OF_FILE)?;
    let name = Path::new(given).file_name().unwrap_or_default().to_string_lossy();
    Ok(File::bytes(&*name, file_type(&name, &bytes), &bytes).into())
}

pub(super) fn is_url(given: &str) -> bool {
    given.starts_with("https://") || given.starts_with("http://")
}

fn scheme(given: &str) -> Option<&str> {
    let (scheme, _) = given.split_once(':')?;
    (scheme == "data" || given[scheme.len()..].starts_with("://")).then_some(scheme)
}

fn bytes(path: &str, most: u64) -> Result<Vec<u8>, Failure> {
    let failure = |why: String| Failure::input(format!("{path}: {why}"));
    let file = fs::File::open(path).map_err(|error| failure(error.to_string()))?;
    let mut bytes = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut bytes);
    let read = read.map_err(|error| failure(error.to_string()))?;
    match read {
        0 => Err(failure("it is empty".to_owned())),
        read if read as u64 > most => Err(failure(format!("larger than {} MiB", most / MIB))),
        _ => Ok(bytes),
    }
}

/// By what the bytes begin with: names lie.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

fn file_type(name: &str, bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"%PDF-") {
        return "application/pdf";
    }
    let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy();
    let known = TYPES.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known));
    match known {
        Some((_, media_type)) => media_type,
        None if std::str::from_utf8(bytes).is_ok() => "text/plain",
        None => "application/octet-stream",
    }
}

const TYPES: [(&str, &str); 7] = [
    ("csv", "text/csv"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("html", "text/html"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

const MIB: u64 = 1024 * 1024;
/// As base64 that is the 20 MiB which OpenAI takes of one image.
const MOST_OF_IMAGE: u64 = 15 * MIB;
/// OpenAI takes 50 MB of files in one request.
const MOST_OF_FILE: u64 = 50 * MIB;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_by_bytes_and_then_by_names() {
        assert_eq!(image_type(b"\x89PNG\r\n"), Some("image/png"));
        assert_eq!(image_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(image_type(b"GIF89a"), Some("image/gif"));
        assert_eq!(image_type(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(image_type(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(file_type("a.txt", b"%PDF-1.7"), "application/pdf");
        assert_eq!(file_type("a.CSV", b"a,b"), "text/csv");
        assert_eq!(file_type("notes", b"hello"), "text/plain");
        assert_eq!(file_type("blob", b"\xff\xfe"), "application/octet-stream");
    }
}
