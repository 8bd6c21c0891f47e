//! Types of rustdoc's JSON as they are written. Of a path its last name is told: where a type lies is told where it can be
//! reached. A form that is not known here stands as JSON, so that a change of it is seen all the same.

use serde_json::Value;

/// The elements, or none.
pub fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The text, or none.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether it says so.
pub fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_default()
}

/// A type; nothing for none.
pub fn type_of(value: &Value) -> String {
    let Some((kind, of)) = value.as_object().and_then(|kinds| kinds.iter().next()) else {
        return match value {
            Value::Null => String::new(),
            other => text(other).to_owned(),
        };
    };
    match kind.as_str() {
        "resolved_path" => path_of(of),
        "generic" | "primitive" => text(of).to_owned(),
        "tuple" => format!("({})", joined(array(of).map(type_of))),
        "slice" => format!("[{}]", type_of(of)),
        "array" => format!("[{}; {}]", type_of(&of["type"]), text(&of["len"])),
        "borrowed_ref" => {
            let lifetime = match text(&of["lifetime"]) {
                "" => String::new(),
                named => format!("{named} "),
            };
            format!("&{lifetime}{}{}", mutable(of), type_of(&of["type"]))
        }
        "raw_pointer" => format!("*{}{}", mutable(of), type_of(&of["type"])),
        "impl_trait" => format!("impl {}", bounds(of)),
        "dyn_trait" => {
            let traits = array(&of["traits"]).map(|one| path_of(&one["trait"]));
            format!("dyn {}{}", joined(traits), text(&of["lifetime"]))
        }
        "qualified_path" => {
            let of_trait = path_of(&of["trait"]);
            format!(
                "<{} as {of_trait}>::{}",
                type_of(&of["self_type"]),
                text(&of["name"])
            )
        }
        "function_pointer" => {
            let inputs = array(&of["sig"]["inputs"]).map(|input| type_of(&input[1]));
            format!(
                "fn({}) -> {}",
                joined(inputs),
                type_of(&of["sig"]["output"])
            )
        }
        _ => value.to_string(),
    }
}

/// The last name of a path and its arguments.
pub fn path_of(path: &Value) -> String {
    let name = text(&path["path"]);
    let name = name.rsplit("::").next().unwrap_or(name);
    let args = &path["args"];
    let called = &args["parenthesized"];
    if called.is_object() {
        let inputs = joined(array(&called["inputs"]).map(type_of));
        return format!("{name}({inputs}) -> {}", type_of(&called["output"]));
    }
    let angle = &args["angle_bracketed"];
    let values = array(&angle["args"]).map(argument);
    let bound = array(&angle["constraints"]).map(|one| {
        let binding = &one["binding"];
        match binding.get("equality") {
            Some(equal) => format!("{} = {}", text(&one["name"]), argument(equal)),
            None => format!("{}: {}", text(&one["name"]), bounds(&binding["constraint"])),
        }
    });
    let words: Vec<String> = values.chain(bound).collect();
    match words.as_slice() {
        [] => name.to_owned(),
        words => format!("{name}<{}>", words.join(", ")),
    }
}

fn argument(value: &Value) -> String {
    let constant = value.get("const").or_else(|| value.get("constant"));
    match (value.get("lifetime"), value.get("type"), constant) {
        (Some(lifetime), ..) => text(lifetime).to_owned(),
        (_, Some(of), _) => type_of(of),
        (.., Some(constant)) => text(&constant["expr"]).to_owned(),
        _ => value.to_string(),
    }
}

/// `A + 'b`
pub fn bounds(value: &Value) -> String {
    let words = array(value).map(|bound| {
        let of = &bound["trait_bound"];
        match bound.get("outlives") {
            Some(lifetime) => text(lifetime).to_owned(),
            None if of.is_object() => {
                let maybe = if of["modifier"] == "maybe" { "?" } else { "" };
                format!("{maybe}{}", path_of(&of["trait"]))
            }
            None => {
                // What an `impl Trait` takes with it.
                let taken = array(&bound["use"])
                    .map(|one| text(one.get("lifetime").unwrap_or(&one["param"])).to_owned());
                format!("use<{}>", joined(taken))
            }
        }
    });
    words.collect::<Vec<_>>().join(" + ")
}

/// `<'a, T: A, const N: usize>`, or nothing.
pub fn generics(value: &Value) -> String {
    let params = array(&value["params"]).filter_map(|param| {
        let (name, kind) = (text(&param["name"]), &param["kind"]);
        if let Some(of) = kind.get("const") {
            return Some(format!("const {name}: {}", type_of(&of["type"])));
        }
        let Some(of) = kind.get("type") else {
            return Some(name.to_owned());
        };
        // The name of an `impl Trait` among the parameters.
        if is_true(&of["is_synthetic"]) {
            return None;
        }
        let bounds = bounds(&of["bounds"]);
        let bounds = if bounds.is_empty() {
            bounds
        } else {
            format!(": {bounds}")
        };
        let default = match type_of(&of["default"]) {
            none if none.is_empty() => none,
            default => format!(" = {default}"),
        };
        Some(format!("{name}{bounds}{default}"))
    });
    let params: Vec<String> = params.collect();
    match params.as_slice() {
        [] => String::new(),
        params => format!("<{}>", params.join(", ")),
    }
}

/// ` where T: A`, or nothing.
pub fn wheres(value: &Value) -> String {
    let predicates = array(&value["where_predicates"]).map(|one| {
        let (of, lifetime) = (&one["bound_predicate"], &one["lifetime_predicate"]);
        if lifetime.is_object() {
            let outlives = array(&lifetime["outlives"]).map(text);
            let outlives: Vec<&str> = outlives.collect();
            format!("{}: {}", text(&lifetime["lifetime"]), outlives.join(" + "))
        } else if of.is_object() {
            format!("{}: {}", type_of(&of["type"]), bounds(&of["bounds"]))
        } else {
            one.to_string()
        }
    });
    match joined(predicates) {
        none if none.is_empty() => none,
        predicates => format!(" where {predicates}"),
    }
}

fn mutable(of: &Value) -> &'static str {
    if is_true(&of["is_mutable"]) {
        "mut "
    } else {
        ""
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
