use openai_tools::toolbox;

struct Calendar;

#[toolbox(prefix = "a_calendar_that_is_kept_in_the_database_of_the_whole_company_")]
impl Calendar {
    #[tool]
    fn clear_everything(&self) {}
}

fn main() {}
