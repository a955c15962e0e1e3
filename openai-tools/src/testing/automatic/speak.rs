//! Speech: silence, with what it would say as its transcript.

use serde_json::Value;

use crate::testing::answer::Answer;

/// An answer as speech, where that is asked for in a format that can be written here.
pub(super) fn aloud(request: &Value, answer: Answer) -> Answer {
    let modalities = request.get("modalities").and_then(Value::as_array);
    let speaks = modalities.into_iter().flatten().any(|one| one == "audio");
    let format = request.pointer("/audio/format").and_then(Value::as_str);
    let Some(text) = answer.text.as_ref().filter(|_| speaks && answer.calls.is_empty()) else {
        return answer;
    };
    let silence = vec![0; text.len() * BYTES_PER_LETTER];
    let data = match format {
        Some("pcm16") => silence,
        Some("wav") => wav(&silence),
        // No encoder is worth its weight here: the answer is written.
        _ => return answer,
    };
    let spoken = Answer::of_speech(text.clone(), data);
    Answer { spoken: spoken.spoken, text: None, ..answer }
}

/// Samples of 16 bits, one channel, 24,000 a second.
fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let number = |n: u32| n.to_le_bytes().to_vec();
    let (pcm, channels, bytes, bits): (u16, u16, u16, u16) = (1, 1, 2, 16);
    let short = |n: u16| n.to_le_bytes().to_vec();
    let head = [
        b"RIFF".to_vec(),
        number(length.saturating_add(36)),
        b"WAVEfmt ".to_vec(),
        number(16),
        short(pcm),
        short(channels),
        number(SAMPLES),
        number(SAMPLES * u32::from(bytes)),
        short(bytes),
        short(bits),
        b"data".to_vec(),
        number(length),
    ];
    [head.concat(), samples.to_vec()].concat()
}

const SAMPLES: u32 = 24_000;
/// A hundredth of a second for each letter: short, and still something.
const BYTES_PER_LETTER: usize = 480;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_spoken_where_it_is_asked_for_and_can_be() {
        let spoken = |request: Value| aloud(&request, Answer::of_text("hi")).spoken;
        let both = json!(["text", "audio"]);
        let pcm = spoken(json!({"modalities": both, "audio": {"format": "pcm16"}}));
        assert_eq!(pcm.expect("spoken").data.len(), 960);
        let wav = spoken(json!({"modalities": both, "audio": {"format": "wav"}})).expect("spoken");
        assert_eq!((&wav.data[..4], wav.data.len()), (&b"RIFF"[..], 1_004));
        assert_eq!(wav.transcript, "hi");
        assert_eq!(spoken(json!({"modalities": both, "audio": {"format": "mp3"}})), None);
        assert_eq!(spoken(json!({"audio": {"format": "wav"}})), None);
    }
}
