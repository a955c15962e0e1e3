//! Images in a message, and as the output of a tool: the model looks at a chart, and asks for
//! another one to compare. The charts are drawn here, so that nothing has to be there.
//!
//! `cargo run -p examples --bin vision`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::{
    Image, Toolbox,
    chat::{Api, ImageDetail},
    tool,
};

/// The chart of the sales of one year.
#[tool(read_only)]
fn sales_chart(
    /// The year, such as 2025.
    year: u16,
) -> (String, Image) {
    (format!("Sales of {year}, by quarter:"), chart(&[4, 7, 5, 9]))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let (client, model) = (&setup.client, setup.model.as_str());
    let tools = Toolbox::new().with(sales_chart)?;

    let question = "How many bars has this chart?";
    println!("> {question}");
    let image = chart(&[3, 6, 8, 2, 5]).with_detail(ImageDetail::Low);
    let run = client.run(model).user_parts([question.into(), image.into()]).await?;
    println!("{}", run.text());

    let question = "Compare it with the sales chart of 2025.";
    println!("\n> {question}");
    for api in [Api::ChatCompletions, Api::Responses] {
        let transcript = run.transcript().to_vec();
        let run = client.run(model).api(api).tools(&tools).messages(transcript).user(question);
        let run = run.await?;
        for made in run.calls() {
            println!("  {} showed {:?}", made.call.name, made.output.parts);
        }
        println!("{}: {}", api.as_str(), run.text());
    }
    Ok(())
}

/// A bar chart in black and white, one bar for each height of at most 10.
fn chart(heights: &[u32]) -> Image {
    const CELL: u32 = 16;
    let (columns, rows) = (u32::try_from(heights.len()).unwrap_or(0) * 2 + 1, 12);
    let (width, height) = (columns * CELL, rows * CELL);
    let is_black = |x: u32, y: u32| {
        let (column, up) = (x / CELL, rows - 1 - y / CELL);
        let bar = heights.get((column / 2) as usize).filter(|_| column % 2 == 1);
        up > 0 && bar.is_some_and(|bar| up <= *bar)
    };
    let mut pixels = Vec::new();
    for y in 0..height {
        pixels.push(0);
        pixels.extend((0..width).map(|x| if is_black(x, y) { 0 } else { 255 }));
    }
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", stored(&pixels)), (b"IEND", Vec::new())] {
        let body = [&kind[..], &data].concat();
        png.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
        png.extend(&body);
        png.extend(crc32(&body).to_be_bytes());
    }
    Image::bytes("image/png", &png)
}

/// Zlib without compression.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(0);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}
