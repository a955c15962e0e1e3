use openai_tools::Toolbox;

struct Search;

fn main() {
    let _ = Toolbox::new().with(Search);
}
