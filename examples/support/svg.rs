//! What all charts have in common: a document that is readable on light and on dark ground.

/// Lines and bars have these classes, in this order.
pub const COLOURS: [&str; 3] = ["a", "b", "c"];

const STYLE: &str = "text{fill:#222}.rule{stroke:#ccc}.ground{fill:#fff}\
.a{fill:#1b6ca8}.b{fill:#c2571a}.c{fill:#6b7280}\
.line{fill:none;stroke-width:2}.line.a{stroke:#1b6ca8}.line.b{stroke:#c2571a}.line.c{stroke:#6b7280}\
@media(prefers-color-scheme:dark){text{fill:#ddd}.rule{stroke:#444}.ground{fill:#0d1117}\
.a{fill:#58a6e0}.b{fill:#f0883e}.c{fill:#9ca3af}\
.line{fill:none}.line.a{stroke:#58a6e0}.line.b{stroke:#f0883e}.line.c{stroke:#9ca3af}}";

/// A document of this size around what is drawn.
pub fn document(width: f64, height: f64, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <style>{STYLE}</style>\n<rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{body}</svg>\n"
    )
}

/// Text in an element.
#[allow(dead_code)] // the fleet's chart has no text of others
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
